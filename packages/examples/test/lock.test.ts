import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvertibleError } from '@invertible/core';
import { lockFolder } from '../src/lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, '.lock');

test('a second run in a folder is refused, in a sentence that says whose it is', () => {
  lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(InvertibleError);
  expect(() => lockFolder(folder)).toThrow(
    new RegExp(`no other run is at work, got one with a run of process ${process.pid} on .*\\.lock`),
  );
});

test('what a killed run left is taken over; one of another machine is not', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(file(), `${pid} ${hostname()}`);
  lockFolder(folder);
  expect(readFileSync(file(), 'utf8')).toBe(`${process.pid} ${hostname()}`);
  writeFileSync(file(), `${pid} elsewhere`);
  expect(() => lockFolder(folder)).toThrow(/on elsewhere/);
});
