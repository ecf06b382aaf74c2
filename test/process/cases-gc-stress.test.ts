import { ALL_CASES, testCases } from './run-erlang.ts';

testCases(ALL_CASES, { gcStress: true });
