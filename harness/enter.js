// Node itself ends with 1 where a module can't be loaded, which would be read as a failed check.
import('./main.ts').catch((error) => {
  process.stderr.write(
    `The bench can't be loaded: ${error?.stack ?? error}\n` +
      'Hint: remove node_modules; the next run installs it again.\n',
  );
  process.exit(255);
});
