// Runs before commands that need Node 24. Must stay valid on Node 20, because that is what may run it.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `error: Node ${process.versions.node} runs this, but Node 24 is needed. npm brings it for Linux, macOS and Windows: ` +
      'run `npm ci` again (without --omit=optional), or put Node 24 on your PATH.',
  );
  process.exit(1);
}
