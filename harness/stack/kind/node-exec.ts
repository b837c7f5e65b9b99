import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { getContainerRuntimeClient } from 'testcontainers';

/** Programs inside the cluster's nodes. By Docker's API: nothing of it stays when we are gone. */
export interface NodePrograms {
  /**
   * Runs a program to its end and answers what it printed.
   * @param input what it reads; nothing where it is left out
   * @throws Error with the end of what it said where it fails
   */
  run(node: string, command: readonly string[], input?: string): Promise<string>;
  /** A program that goes on, until `end` or its own end. */
  follow(node: string, command: readonly string[]): Promise<NodeStream>;
}

export interface NodeStream {
  readonly output: Readable;
  end(): void;
}

const shownLetters = 1_000;

export const nodePrograms: NodePrograms = {
  run: async (node, command, input) => {
    const { exec, stream, output, errors } = await start(node, command, input !== undefined);
    if (input !== undefined) stream.end(input);
    const [said, complained] = await Promise.all([text(output), text(errors)]);
    const { ExitCode } = await exec.inspect();
    if (ExitCode === 0) return said;
    const tail = (complained.trim() || said.trim()).slice(-shownLetters);
    throw new Error(`${command.join(' ')} on ${node} ended with exit code ${ExitCode}: ${tail}`);
  },
  follow: async (node, command) => {
    const { stream, output } = await start(node, command, false);
    return { output, end: () => stream.destroy() };
  },
};

async function start(node: string, command: readonly string[], reads: boolean) {
  const { container: client } = await getContainerRuntimeClient();
  const exec = await client.dockerode.getContainer(node).exec({
    Cmd: [...command],
    AttachStdin: reads,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: reads });
  const output = new PassThrough();
  const errors = new PassThrough();
  client.dockerode.modem.demuxStream(stream, output, errors);
  const close = (): void => {
    output.end();
    errors.end();
  };
  stream.once('end', close);
  stream.once('close', close);
  stream.once('error', close);
  return { exec, stream, output, errors };
}
