import { type Duplex, PassThrough, type Readable } from 'node:stream';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

/** What `testcontainers` calls its Docker client's container. */
type Container = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container'];
export type DockerContainer = ReturnType<Container['getById']>;

interface Attached {
  readonly container: DockerContainer;
  readonly input: Duplex;
  readonly output: Readable;
  readonly errors: Readable;
  readonly exited: Promise<number>;
}

/**
 * A container whose input is ours: when we are gone, however we went, the input ends, and with it
 * a program that reads it. `testcontainers` leaves input out, so its hooks put it in; that is what
 * the class is for.
 */
class AttachedContainer extends GenericContainer {
  attached: Attached | undefined;

  protected override async beforeContainerCreated(): Promise<void> {
    Object.assign(this.createOpts, {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      StdinOnce: true,
    });
  }

  protected override async containerCreated(id: string): Promise<void> {
    const { container: client } = await getContainerRuntimeClient();
    const container = client.getById(id);
    const input = (await container.attach({
      stream: true,
      stdin: true,
      stdout: true,
      stderr: true,
      hijack: true,
    })) as unknown as Duplex;
    const output = new PassThrough();
    const errors = new PassThrough();
    client.dockerode.modem.demuxStream(input, output, errors);
    input.once('end', () => {
      output.end();
      errors.end();
    });
    // Asked for before it starts, so that no end is missed.
    const exited = container
      .wait({ condition: 'next-exit' })
      .then((end: { StatusCode: number }) => end.StatusCode);
    exited.catch(() => undefined);
    this.attached = { container, input, output, errors, exited };
  }
}

export interface ContainerRequest {
  readonly name: string;
  readonly image: string;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `uid:gid` that files are written as. */
  readonly user: string | undefined;
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly mounts: readonly { source: string; target: string; mode: 'rw' | 'ro' }[];
  readonly folders?: readonly { source: string; target: string }[];
  readonly files?: readonly { content: string; target: string }[];
  readonly ports?: readonly number[];
}

/** A container that runs beside the cluster and ends with this process. */
export interface AsideContainer {
  readonly id: string;
  /** In the run's network. */
  readonly address: string;
  readonly input: Duplex;
  readonly output: Readable;
  readonly errors: Readable;
  readonly docker: DockerContainer;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** Where one of its ports is reached from here. */
  reach(port: number): { readonly host: string; readonly port: number };
  remove(): Promise<void>;
}

export async function startContainer(request: ContainerRequest): Promise<AsideContainer> {
  const { image, name, network, command, mounts, folders = [], files = [], ports = [] } = request;
  const container = new AttachedContainer(image)
    .withName(name)
    .withNetworkMode(network)
    .withLabels({ ...request.labels })
    .withCommand([...command])
    .withBindMounts([...mounts])
    .withCopyDirectoriesToContainer([...folders])
    .withCopyContentToContainer([...files])
    .withEnvironment({ ...request.environment })
    // Nothing listens until it is told to.
    .withWaitStrategy(Wait.forAll([]));
  if (ports.length > 0) container.withExposedPorts(...ports);
  if (request.entrypoint) container.withEntrypoint([...request.entrypoint]);
  if (request.user !== undefined) container.withUser(request.user);
  const started = await container.start();
  const attached = container.attached;
  if (!attached) throw new Error(`${name} started without being attached to`);
  return {
    id: started.getId(),
    address: started.getIpAddress(network),
    input: attached.input,
    output: attached.output,
    errors: attached.errors,
    docker: attached.container,
    exited: attached.exited,
    reach: (port) => ({ host: started.getHost(), port: started.getMappedPort(port) }),
    remove: async () => {
      attached.input.destroy();
      await attached.container.remove({ force: true, v: true }).catch((error: unknown) => {
        // Gone, or about to go, by itself.
        const status = (error as { statusCode?: number }).statusCode;
        if (status !== 404 && status !== 409) throw error;
      });
    },
  };
}
