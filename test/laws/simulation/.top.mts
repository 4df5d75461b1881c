import { createNightlatch } from '/work/main/src/nightlatch.js';
import { generate } from '/work/main/test/laws/simulation/generate.js';
import { run } from '/work/main/test/laws/simulation/run.js';
const rows: [number, number, string][]=[];
for (let s=1;s<=400;s++){ const c=process.cpuUsage().user; const h=generate(s); await run(h, { createLatch: createNightlatch as never }); rows.push([(process.cpuUsage().user-c)/1e3, s, h.aim+' '+(h.hasBackend?'b':'-')+' drift'+h.drift]); }
rows.sort((a,b)=>b[0]-a[0]); const tot=rows.reduce((a,b)=>a+b[0],0); console.log('mean',tot/400,'median',rows[200]![0]); console.log(rows.slice(0,15).map(r=>r.join(' ')).join('\n'));
