import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  UBIGINT,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';

/** Column types of evidence tables. */
export const columnTypes = {
  text: VARCHAR,
  count: UINTEGER,
  small: UTINYINT,
  number: DOUBLE,
  flag: BOOLEAN,
  /** Eight bytes of an id, as a number: strings would cost half of the time. */
  id: UBIGINT,
} as const satisfies Record<string, DuckDBType>;
export type ColumnType = keyof typeof columnTypes;
export type Columns = Readonly<Record<string, ColumnType>>;
export type Cell = string | number | bigint | boolean | null;

export interface Database {
  readonly connection: DuckDBConnection;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, Cell>[]>;
  /** Streams a query; `read` gets each chunk's columns as getters by row. */
  stream(sql: string, read: (chunk: ChunkReader) => void | Promise<void>): Promise<void>;
  close(): void;
}

export interface ChunkReader {
  readonly rowCount: number;
  cell(column: number, row: number): Cell;
}

/**
 * A DuckDB in this process. Memory is bounded; what does not fit spills into `spillFolder`.
 * @param memoryLimit as DuckDB writes it, e.g. `1GB`
 */
export async function openDatabase(spillFolder: string, memoryLimit = '1GB'): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: spillFolder,
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  return {
    connection,
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
      const result = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) return;
        const vectors = Array.from({ length: chunk.columnCount }, (_, i) =>
          chunk.getColumnVector(i),
        );
        await read({
          rowCount: chunk.rowCount,
          cell: (column, row) => toCell(vectors[column]?.getItem(row)),
        });
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value === null || value === undefined ? null : String(value);
}

/** Turns DuckDB's push into an async iteration, chunk by chunk. */
export async function* chunks(database: Database, sql: string): AsyncGenerator<ChunkReader> {
  const result = await database.connection.stream(sql);
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
      const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
      yield {
        rowCount: chunk.rowCount,
        cell: (column, row) => vectors[column]?.getItem(row) as never,
      };
    }
  } finally {
    // A reader may leave early, and the database must not be closed while it works.
    await next.catch(() => undefined);
  }
}

export interface TableWriter {
  add(...row: Cell[]): void;
  /** Everything added is in the table. */
  close(): void;
}

const chunkRows = 2048;
const sqlTypes = {
  text: 'VARCHAR',
  count: 'UINTEGER',
  small: 'UTINYINT',
  number: 'DOUBLE',
  flag: 'BOOLEAN',
  id: 'UBIGINT',
} as const;

/** Creates a table and a writer that fills it in chunks. */
export async function createTable(
  database: Database,
  name: string,
  columns: Columns,
): Promise<TableWriter> {
  const declared = Object.entries(columns).map(([column, type]) => `${column} ${sqlTypes[type]}`);
  await database.run(`CREATE TABLE ${name} (${declared.join(', ')})`);
  return appendTo(database, name, columns);
}

/** A writer that adds to a table that is there. */
export async function appendTo(
  database: Database,
  name: string,
  columns: Columns,
): Promise<TableWriter> {
  const appender = await database.connection.createAppender(name);
  const types = Object.values(columns).map((type) => columnTypes[type]);
  let buffers: Cell[][] = types.map(() => []);
  const flush = (): void => {
    const rows = buffers[0]?.length ?? 0;
    if (rows === 0) return;
    const chunk = DuckDBDataChunk.create(types, rows);
    chunk.setColumns(buffers);
    appender.appendDataChunk(chunk);
    buffers = types.map(() => []);
  };
  return {
    add: (...row) => {
      for (let i = 0; i < types.length; i++) (buffers[i] as Cell[]).push(row[i] as Cell);
      if ((buffers[0] as Cell[]).length === chunkRows) flush();
    },
    close: () => {
      flush();
      appender.closeSync();
    },
  };
}

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
