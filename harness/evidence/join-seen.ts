import type { Database } from './database.ts';
import { idKeys, sliceItems } from './items.ts';

/** Which number became of each tap's own, by kind of content. */
export const metContents = 'met_contents';

/** Columns that are of use until the tables are saved. */
export const passingColumns = ['differs'];

/**
 * Joins what was seen with what was planned, once: `seen` gets the planned item's number, numbers
 * of contents as those of the plan are, and whether the digests of the core (2) or of the state
 * alone (1) differ from the plan's.
 */
export async function joinSeen(database: Database): Promise<void> {
  let into = 'CREATE TABLE joined AS';
  for (const [signal, planned] of [
    ['traces', 'planned_spans'],
    ['logs', 'planned_logs'],
  ] as const) {
    const [{ items } = { items: 0 }] = await database.rows(
      `SELECT count(*) AS items FROM ${planned}`,
    );
    const slices = Math.max(1, Math.ceil(Number(items) / sliceItems));
    for (let slice = 0; slice < slices; slice++) {
      const own = `span % ${slices} = ${slice}`;
      await database.run(`${into} ${joined(signal, planned, own)}`);
      into = 'INSERT INTO joined';
    }
  }
  await database.run('DROP TABLE seen; ALTER TABLE joined RENAME TO seen');
}

const joined = (signal: string, planned: string, slice: string): string => `
  SELECT s.* REPLACE (a.number AS attributes, r.number AS resource, c.number AS scope), p.item,
    CASE WHEN p.item IS NULL THEN 0 WHEN s.core_digest <> p.core_digest THEN 2
      WHEN s.state_digest <> p.state_digest THEN 1 ELSE 0 END::UTINYINT AS differs
  FROM (SELECT * FROM seen WHERE signal = '${signal}' AND ${slice}) s
  LEFT JOIN (SELECT ${idKeys}, item, core_digest, state_digest FROM ${planned} WHERE ${slice}) p
    USING (${idKeys})
  JOIN ${metContents} a ON a.kind = 'attributes' AND a.recorder = s.recorder AND a.met = s.attributes
  JOIN ${metContents} r ON r.kind = 'resource' AND r.recorder = s.recorder AND r.met = s.resource
  JOIN ${metContents} c ON c.kind = 'scope' AND c.recorder = s.recorder AND c.met = s.scope`;
