/** Module math against native OTP. */
import { test } from 'node:test';
import { floatCase, integerCase, native, ours } from './arith-judge.ts';
import { makeOperands } from './bignum-float-operands.ts';
import { freshHeap } from '../support/heap.ts';

const { random, randomInteger, randomFloat } = makeOperands(3);
const UNARY = process.env['MATH']?.split(',') ?? ['sin','cos','tan','asin','acos','atan','sinh','cosh','tanh','asinh','acosh','atanh','exp','log','log2','log10','sqrt','ceil','floor','erf','erfc'];
function mag(): number { return (random(2)?1:-1) * (1 + random(2**31)/2**31 + random(2**21)/2**52) * 2 ** (random(24) - 12); }
function unit(): number { return (random(2)?1:-1) * (random(2**31)/2**31 + random(2**21)/2**52); }
test('math', () => {
  for (const name of UNARY) {
    const cases: string[] = [];
    for (let i = 0; i < 20000; i++) {
      const r = random(10);
      const x = r < 5 ? mag() : r < 8 ? unit() : r < 9 ? randomFloat() : 0;
      cases.push(`math:${name} ${r === 9 ? integerCase(randomInteger()) : floatCase(x)}`);
    }
    report(name, cases);
  }
  for (const name of ['atan2', 'pow', 'fmod']) {
    const cases: string[] = [];
    for (let i = 0; i < 20000; i++) {
      const r = random(10);
      const x = r < 7 ? mag() : randomFloat();
      const y = r < 4 ? mag() : r < 8 ? unit() * 30 : r < 9 ? random(20) : randomFloat();
      cases.push(`math:${name} ${floatCase(name==='pow' && r<7 ? Math.abs(x):x)} ${floatCase(y)}`);
    }
    report(name, cases);
  }
});
function report(name: string, cases: string[]): void {
    const expected = native(cases);
    let diff = 0, kinds = 0, raised = 0, worst = 0n; let ex = '';
    cases.forEach((line, i) => {
      if (i % 1000 === 0) freshHeap();
      const a = ours(line), e = expected[i] as string;
      if (e.includes(':')) raised++;
      if (a === e) return;
      if (a[0] !== 'f' || e[0] !== 'f') { kinds++; ex = `${line} ${a} ${e}`; return; }
      diff++;
      let d = BigInt('0x' + a.slice(1)) - BigInt('0x' + e.slice(1)); if (d < 0n) d = -d;
      if (d > worst) { worst = d; if (d > 1n) ex = `${line} ${a} ${e}`; }
    });
    console.log(name, cases.length, 'raised', raised, 'differ', diff, (100*diff/cases.length).toFixed(3)+'%', 'worst ulp', worst, 'kinds', kinds, ex);
}
