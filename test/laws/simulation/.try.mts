import { createNightlatch } from '../../../src/nightlatch.js';
import { generate } from './generate.js';
import { run } from './run.js';
const [a,b]=[Number(process.argv[2]??1),Number(process.argv[3]??30)];
for (let seed = a; seed <= b; seed++) {
  const t = process.cpuUsage(); const h = generate(seed);
  const v = await run(h, { createLatch: createNightlatch as never, switchedOff: new Set() });
  const u = process.cpuUsage(t);
  console.log(seed, Math.round((u.user+u.system)/1000)+'ms', h.steps.length, v.violations.map(x=>x.kind+' '+x.what).slice(0,2).join(' | '));
}
