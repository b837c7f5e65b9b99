import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBVector,
  ENUM,
  UBIGINT,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';

/** Texts of which there are few are tabled by their numbers here. */
export const signalNames = ['traces', 'logs', 'metrics', 'other'] as const;

/** Column types of evidence tables, and what holds the cells of one until they are appended. */
export const columnTypes = {
  text: { type: VARCHAR, sql: 'VARCHAR', cells: (rows: number) => new Array<string>(rows) },
  count: { type: UINTEGER, sql: 'UINTEGER', cells: (rows: number) => new Uint32Array(rows) },
  small: { type: UTINYINT, sql: 'UTINYINT', cells: (rows: number) => new Uint8Array(rows) },
  number: { type: DOUBLE, sql: 'DOUBLE', cells: (rows: number) => new Float64Array(rows) },
  flag: { type: BOOLEAN, sql: 'BOOLEAN', cells: (rows: number) => new Array<boolean>(rows) },
  signal: {
    type: ENUM(signalNames),
    sql: `ENUM (${signalNames.map((name) => `'${name}'`).join(', ')})`,
    cells: (rows: number) => new Uint8Array(rows),
  },
  /** Eight bytes of an id, as a number: two halves a row, the low one first. */
  id: { type: UBIGINT, sql: 'UBIGINT', cells: (rows: number) => new Uint32Array(2 * rows) },
} as const;
export type ColumnType = keyof typeof columnTypes;
export type Columns = Readonly<Record<string, ColumnType>>;
export type Cell = string | number | bigint | boolean | null;
export type Cells = ReturnType<(typeof columnTypes)[ColumnType]['cells']>;

export interface Database {
  readonly connection: DuckDBConnection;
  /** Another, for a query beside others. */
  connect(): Promise<DuckDBConnection>;
  /** The same by a connection of its own, for what goes on beside: one has one query at a time. */
  beside(): Promise<Database>;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, Cell>[]>;
  /** Streams a query; `read` gets each chunk's columns as getters by row. */
  stream(sql: string, read: (chunk: ChunkReader) => void): Promise<void>;
  close(): void;
}

export interface ChunkReader {
  readonly rowCount: number;
  cell(column: number, row: number): Cell;
  /** A column of numbers of which none is null. */
  numbers(column: number): ArrayLike<number>;
  /** Counts that are compared alone, as signed numbers: V8 boxes what is above 2^31. */
  digests(column: number): Int32Array;
  /** A column of ids of which none is null: two halves a row, the low one first. */
  halves(column: number): Uint32Array;
}

/**
 * A DuckDB in this process. Memory is bounded; what does not fit spills into `spillFolder`.
 * @param memoryLimit as DuckDB writes it, e.g. `1GB`
 */
export async function openDatabase(spillFolder: string, memoryLimit = '440MB'): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: spillFolder,
    preserve_insertion_order: 'false',
  });
  const database = databaseBy(await instance.connect(), instance);
  return {
    ...database,
    close: () => {
      database.close();
      instance.closeSync();
    },
  };
}

function databaseBy(connection: DuckDBConnection, instance: DuckDBInstance): Database {
  return {
    connection,
    connect: () => instance.connect(),
    beside: async () => databaseBy(await instance.connect(), instance),
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      const rows = reader.getRowObjectsJS() as Record<string, unknown>[];
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toCell(value)])),
      );
    },
    stream: async (sql, read) => {
      for await (const chunk of chunksOf(connection, sql)) read(chunk);
    },
    close: () => connection.closeSync(),
  };
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value === null || value === undefined ? null : String(value);
}

/** Turns DuckDB's push into an async iteration, chunk by chunk; several may go on at a time. */
export async function* chunks(database: Database, sql: string): AsyncGenerator<ChunkReader> {
  const connection = await database.connect();
  try {
    yield* chunksOf(connection, sql);
  } finally {
    connection.closeSync();
  }
}

async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<ChunkReader> {
  const result = await connection.stream(sql);
  // DuckDB works on the next chunk while this one is read.
  const fetch = () => {
    const chunk = result.fetchChunk();
    // Thrown where it is awaited, not while the reader is busy.
    chunk.catch(() => undefined);
    return chunk;
  };
  let next = fetch();
  try {
    for (;;) {
      const chunk = await next;
      if (!chunk || chunk.rowCount === 0) return;
      next = fetch();
      yield readerOf(chunk);
    }
  } finally {
    // A reader may leave early, and the database must not be closed while it works.
    await next.catch(() => undefined);
  }
}

const readerOf = (chunk: DuckDBDataChunk): ChunkReader => ({
  rowCount: chunk.rowCount,
  cell: (column, row) => toCell(chunk.getColumnVector(column).getItem(row)),
  numbers: (column) => itemsOf(chunk.getColumnVector(column)) as ArrayLike<number>,
  digests: (column) => {
    const { buffer, byteOffset, length } = itemsOf(chunk.getColumnVector(column));
    return new Int32Array(buffer, byteOffset, length);
  },
  halves: (column) => {
    const { buffer, byteOffset, length } = itemsOf(chunk.getColumnVector(column));
    return new Uint32Array(buffer, byteOffset, 2 * length);
  },
});

export interface TableWriter<C extends Columns = Columns> {
  /** Cells that are not yet in the table: whoever adds many rows sets them at what `next` says. */
  readonly cells: { readonly [K in keyof C]: ReturnType<(typeof columnTypes)[C[K]]['cells']> };
  /** The row whose cells are to be set. */
  next(): number;
  add(...row: Cell[]): void;
  /** Adds so many rows at once: of each column its cells. */
  addRows(cells: readonly Cells[], rows: number): void;
  /** Everything added is in the table. */
  close(): void;
}

/** Takes so many rows: of each column its cells, which are used again afterwards. */
export type TakeRows = (cells: readonly Cells[], rows: number) => void;

const chunkRows = 2048;

/** Creates a table and a writer that fills it in chunks. */
export async function createTable<C extends Columns>(
  database: Database,
  name: string,
  columns: C,
): Promise<TableWriter<C>> {
  const declared = Object.entries(columns).map(
    ([column, type]) => `${column} ${columnTypes[type].sql}`,
  );
  await database.run(`CREATE TABLE ${name} (${declared.join(', ')})`);
  return appendTo(database, name, columns);
}

/** A writer that adds to a table that is there. */
export async function appendTo<C extends Columns>(
  database: Database,
  name: string,
  columns: C,
): Promise<TableWriter<C>> {
  const appender = await database.connection.createAppender(name);
  const types = Object.values(columns).map((kind) => columnTypes[kind].type);
  const writer = writerOf(columns, (cells, rows) => {
    const chunk = DuckDBDataChunk.create(types, rows);
    cells.forEach((own, i) => {
      setColumn(chunk.getColumnVector(i), own, rows);
    });
    appender.appendDataChunk(chunk);
  });
  return {
    ...writer,
    close: () => {
      writer.close();
      appender.closeSync();
    },
  };
}

/** A writer that hands on what it is given some rows at a time. */
export function writerOf<C extends Columns>(columns: C, take: TakeRows): TableWriter<C> {
  const kinds = Object.values(columns);
  const cells: Cells[] = kinds.map((kind) => columnTypes[kind].cells(chunkRows));
  let rows = 0;
  const flush = (): void => {
    if (rows > 0) take(cells, rows);
    rows = 0;
  };
  const next = (): number => {
    if (rows === chunkRows) flush();
    return rows++;
  };
  return {
    cells: Object.fromEntries(Object.keys(columns).map((key, i) => [key, cells[i]])) as never,
    next,
    add: (...row) => {
      const at = next();
      kinds.forEach((kind, i) => {
        const own = cells[i] as Cell[];
        if (kind === 'id') setId(cells[i] as Uint32Array, at, row[i] as bigint);
        else own[at] = row[i] as Cell;
      });
    },
    addRows: (own, count) => {
      flush();
      take(own, count);
    },
    close: flush,
  };
}

function setId(cells: Uint32Array, row: number, id: bigint): void {
  cells[2 * row] = Number(id & 0xffffffffn);
  cells[2 * row + 1] = Number(id >> 32n);
}

/** Numbers go over as they lie in memory: cell by cell each would be checked. */
function setColumn(vector: DuckDBVector, cells: Cells, rows: number): void {
  if (Array.isArray(cells)) {
    for (let row = 0; row < rows; row++) vector.setItem(row, cells[row] as Cell);
  } else {
    const items = itemsOf(vector);
    const bytes = new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
    bytes.set(new Uint8Array(cells.buffer, 0, items.byteLength));
  }
  vector.flush();
}

/** The numbers of a column, as DuckDB's own vector of them holds them. */
function itemsOf(vector: DuckDBVector): Uint8Array | Uint32Array | Float64Array | BigUint64Array {
  const { items } = vector as unknown as { readonly items?: unknown };
  if (ArrayBuffer.isView(items)) return items as Uint32Array;
  throw new Error(`this version of DuckDB holds ${vector.type} in another way`);
}

/** Which of some texts stands in a column, by its number: reading the text itself is dear. */
export const indexIn = (texts: readonly string[], column: string): string =>
  `(list_position([${texts.map(literal).join(', ')}], ${column}) - 1)::UINTEGER`;

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
