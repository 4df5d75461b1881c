import { createNightlatch } from '/work/main/src/nightlatch.js';
import { generate } from '/work/main/test/laws/simulation/generate.js';
import { run } from '/work/main/test/laws/simulation/run.js';
let n=0;
await run(generate(Number(process.argv[2])), { createLatch: createNightlatch as never, trace: (l) => { n++; if (n > 100000) process.exit(0); console.log(l); } });
