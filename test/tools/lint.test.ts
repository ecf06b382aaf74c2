import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

/** What tools/lint.mjs prints for a folder of these files, without its summary line. */
function lint(files: Record<string, string>): string[] {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'lint-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const script = join(repositoryRoot, 'tools', 'lint.mjs');
    const { status, stdout } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    const lines = stdout.trimEnd().split('\n').slice(0, -1);
    assert.equal(status, lines.length === 0 ? 0 : 1);
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('imports go only in the directions of the table', () => {
  assert.deepEqual(
    lint({
      'src/isa/a.ts': "import { x } from '../term/term.ts';\nimport { y } from './b.ts';\n",
      'src/jit/a.ts': "import {\n  m,\n} from '../loader/m.ts';\nimport type { M } from '../loader/m.ts';\n",
      'src/term/layout.ts': "export * from './term.ts';\n",
      'src/term/term.ts': "import './layout.ts';\nconst late = import('../bifs/lists.ts');\n",
      'src/wasm/a.ts': "import { left } from 'leftpad';\n",
      'src/novel/a.ts': "export type { V } from '../vm.ts';\n",
      'src/vm.ts': "import { a } from './bifs/lists.ts';\n",
    }),
    [
      'src/isa/a.ts:1: src/isa may not import src/term/term.ts',
      'src/jit/a.ts:1: may import only types of src/loader',
      'src/novel/a.ts:1: its folder has no row in MAY_IMPORT (tools/lint.mjs)',
      'src/term/layout.ts:1: src/term/layout.ts may not import src/term/term.ts',
      'src/term/term.ts:2: src/term may not import src/bifs/lists.ts',
      "src/wasm/a.ts:1: imports the package 'leftpad': there are no dependencies",
    ],
  );
});

test('what lies in comments, strings, templates and regular expressions is not code', () => {
  assert.deepEqual(
    lint({
      'src/isa/a.ts': [
        "// import x from 'x';",
        "const a = \"import('x')\" + '\\'';",
        'const b = `\nlet ${{ a: `\nlet ${a}` }.a}\nlet`;',
        'const c = a / 2; const d = /[/"`]/.test(a) ? /`/ : 1 / 2;',
        '/*\nlet e;\n*/',
        'let state = 1;',
      ].join('\n'),
    }),
    ['src/isa/a.ts:11: module-level state: let it hang off an object'],
  );
});

test('sizes, names and traces are checked', () => {
  const row = '  [1, 2],\n';
  const mark = 'TO'.concat('DO');
  assert.deepEqual(
    lint({
      'src/isa/utils.ts': '',
      'src/isa/long.ts': '\n'.repeat(501),
      'src/isa/table.ts': `// lint: table\nexport const table = [\n${row.repeat(600)}];\n`,
      'src/isa/false-table.ts': `// lint: table\n${'f();\n'.repeat(600)}`,
      'src/isa/marks.ts': `// ${mark}: finish\n// ${mark} #12: finish\n`,
      'docs/a.md': `Look in ${['', 'tmp', 'x'].join('/')}.\n`,
    }),
    [
      'docs/a.md:1: names a path of one machine',
      'src/isa/false-table.ts:1: marked as a table, but only 0 % of it is',
      'src/isa/long.ts:501: 501 lines, at most 500',
      'src/isa/marks.ts:1: an unfinished mark needs its #issue',
      'src/isa/utils.ts:1: name the file for what it holds',
    ],
  );
});
