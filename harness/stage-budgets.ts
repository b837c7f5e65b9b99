/** Time that a stage may take beyond what the scenario itself takes. */
export const budgetsMs = {
  // A cluster takes minutes, and longer where images are pulled.
  stack: { embedded: 180_000, kind: 1_200_000 },
  load: 90_000,
  /** Of settling, for the planned items to be tabled meanwhile. */
  tabling: 120_000,
  evidence: 300_000,
  /** Of an interrupted run: whoever pressed Ctrl-C wants it gone. */
  close: 3_000,
  /** What is left then is said, and swept by the next run. */
  stop: { embedded: 60_000, kind: 180_000 },
};
