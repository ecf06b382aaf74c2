import { ALL_CASES, testCases } from './run-erlang.ts';

testCases(ALL_CASES, { reductions: 1 });
