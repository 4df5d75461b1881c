import { createNightlatch } from '/work/main/src/nightlatch.js';
import { generate } from '/work/main/test/laws/simulation/generate.js';
import { run } from '/work/main/test/laws/simulation/run.js';
const c: Record<string, number> = {};
let vt=0;
for (let s=1;s<=60;s++){ const r=await run(generate(s), { createLatch: createNightlatch as never, trace: (l) => { const k=l.slice(26).trim().split(' ').slice(0,2).join(' ').replace(/\{.*/,'').slice(0,40)+ (l.includes('"type":"')? l.match(/"type":"([^"]*)"/)![1]:''); c[k]=(c[k]??0)+1; vt=Number(l.slice(0,9)); } }); c.vt=(c.vt??0)+vt; c.steps=(c.steps??0)+generate(s).steps.length }
console.log(Object.entries(c).sort((a,b)=>b[1]-a[1]).slice(0,30).map(([k,v])=>`${(v/60).toFixed(1)} ${k}`).join('\n'));
