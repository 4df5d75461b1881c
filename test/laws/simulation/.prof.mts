import { createNightlatch } from '/tmp/sim/src/nightlatch.js';
import { generate } from '/tmp/sim/test/laws/simulation/generate.js';
import { run } from '/tmp/sim/test/laws/simulation/run.js';
const [from, n] = [Number(process.argv[2]), Number(process.argv[3])];
let c = process.cpuUsage().user;
for (let s=from;s<from+n;s++){ await run(generate(s), { createLatch: createNightlatch as never }); if ((s-from+1)%100===0){const d=process.cpuUsage().user; console.log(s, ((d-c)/1e5).toFixed(2),'ms cpu each'); c=d;} }
