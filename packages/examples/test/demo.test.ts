import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch, noChromium } from '../../core/test/backends/chromium';
import { run } from './kit';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const missing = noChromium();

let [out, address]: [string, string] = ['', ''];
let server: ChildProcess | undefined;
let browser: Browser;

interface Opened {
  page: Page;
  /** What was wrong: words on the console, errors, requests that failed or went elsewhere. */
  faults: string[];
  /** Addresses of the scripts that were loaded, by the page and by its workers. */
  scripts: Set<string>;
}

/** A page with these settings. */
async function open(hash: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(100_000);
  const faults: string[] = [];
  const scripts = new Set<string>();
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (url.endsWith('.js')) scripts.add(url);
    if (!url.startsWith(address) && !/^(blob|data):/.test(url)) faults.push(`elsewhere: ${url}`);
  });
  await page.goto(`${address}#${hash}`);
  return { page, faults, scripts };
}

const fileOf = (url: string) => readFileSync(join(out, new URL(url).pathname));
const text = async (page: Page, id: string) => (await page.locator(`#${id}`).textContent()) ?? '';
const number = async (page: Page, id: string) => Number(await text(page, id));
/** Waits until the number of an element is above, or below, that. */
const until = (page: Page, id: string, holds: 'above' | 'below', bar: number) =>
  page.waitForFunction(
    ([name, side, limit]) => {
      const value = Number.parseFloat(document.getElementById(name)?.textContent ?? '');
      return side === 'above' ? value > limit : value < limit;
    },
    [id, holds, bar] as const,
  );
const atRest = (page: Page) => page.locator('#shape[aria-busy=false]').waitFor();
const pause = async (page: Page) => {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  await atRest(page);
};

describe('the live page', () => {
  if (missing) {
    test.skip(`not tested: ${missing}`, () => {});
    return;
  }
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'demo-test-'));
    browser = await launch();
    address = await new Promise((found, failed) => {
      const ended = run('demo', ['--out', out, '--host', '127.0.0.1', '--port', '4300'], {
        meanwhile(child, printed) {
          server = child;
          const [url] = /http:\S+/.exec(printed) ?? [];
          if (url) found(url);
        },
      });
      void ended.then(({ stderr }) => failed(new Error(stderr)));
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.kill();
    rmSync(out, { recursive: true, force: true });
  });

  test('learns a drawn shape to 0.2 nats of its entropy, within 400 kB of scripts', async () => {
    const { page, faults, scripts } = await open('shape=drawn');
    await until(page, 'step-number', 'above', 20);
    await until(page, 'gap', 'below', 0.2);
    expect(await number(page, 'cross-entropy')).toBeGreaterThan(await number(page, 'entropy'));
    expect(await number(page, 'trip-density')).toBeGreaterThan(0);
    const bytes = [...scripts].reduce((sum, url) => sum + gzipSync(fileOf(url)).length, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(400_000);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('every control of a lesson does what it says', async () => {
    const { page, faults } = await open('');
    await until(page, 'step-number', 'above', 2);
    await pause(page);
    await page.waitForFunction(() => document.getElementById('gap')?.textContent !== '–');
    const [paused, there] = [await number(page, 'step-number'), await text(page, 'trip-x')];
    await page.getByRole('button', { name: 'One step' }).click();
    await until(page, 'step-number', 'above', paused);
    await atRest(page);
    expect(await number(page, 'step-number')).toBe(paused + 1);

    await page.locator('#data-sheet').hover({ position: { x: 40, y: 60 } });
    await page.waitForFunction((old) => document.getElementById('trip-x')?.textContent !== old, there);
    const z = await text(page, 'trip-z');
    await page.locator('#latent-sheet').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((old) => document.getElementById('trip-z')?.textContent !== old, z);
    expect(await text(page, 'trip-error')).toMatch(/^(0|\d\.\d·10⁻[⁴-⁹])$/);

    for (const layer of ['grid', 'samples', 'data', 'density'])
      await page.getByLabel(layer, { exact: true }).click();
    await page.getByLabel('8 affine').check();
    await page.getByLabel('slow motion').check();
    for (const shape of ['two moons', 'checkerboard', 'draw your own']) {
      await page.getByLabel(shape).check();
      await until(page, 'step-number', 'below', 2);
      await until(page, 'step-number', 'above', 0);
    }
    await page.getByRole('button', { name: 'Clear the sheet' }).click();
    await page.locator('#data-sheet').scrollIntoViewIfNeeded();
    await until(page, 'step-number', 'below', 1);
    const box = await page.locator('#data-sheet').boundingBox();
    const [left, top] = [box?.x ?? 0, box?.y ?? 0];
    await page.mouse.move(left + 100, top + 100);
    await page.mouse.down();
    await page.mouse.move(left + 250, top + 200, { steps: 4 });
    await page.mouse.up();
    await until(page, 'step-number', 'above', 0);
    await page.reload();
    expect(page.url()).toMatch(/strokes=\w{10}/);
    await expect(page.getByLabel('draw your own').isChecked()).resolves.toBe(true);
    await expect(page.getByLabel('8 affine').isChecked()).resolves.toBe(true);
    await expect(page.getByLabel('samples').isChecked()).resolves.toBe(true);
    await expect(page.getByLabel('grid').isChecked()).resolves.toBe(false);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('both needles show what was predicted, and stored activations end where the tab would', async () => {
    const { page, faults } = await open('depth=1&size=16&batch=1');
    await until(page, 'step-number', 'above', 0);
    await pause(page);
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('button', { name: 'Measure' }).waitFor();
    for (const kind of ['reversible', 'stored'])
      expect(await text(page, `${kind}-bytes`)).toBe(`${await text(page, `${kind}-predicted`)} measured`);
    await page.locator('[name=size]').selectOption('96');
    await page.locator('[name=batch]').selectOption('8');
    await page.locator('[name=depth]').fill('6');
    await page.getByText(/Stopped at \d+ couplings: 64 would take [\d.]+ GB/).waitFor();
    expect(await text(page, 'stored-bytes')).toBe('not run');
    expect(page.url()).toMatch(/depth=6&size=96&batch=8/);
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each([
    ['on a desk, light', { colorScheme: 'light' }],
    ['on a phone, dark', { colorScheme: 'dark', viewport: { width: 375, height: 812 }, hasTouch: true }],
  ] as const)('has nothing that axe objects to, %s', async (_, options) => {
    const { page, faults } = await open('', options);
    await until(page, 'step-number', 'above', 0);
    await page.addScriptTag({ content: axe });
    const violations: string[] = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
    );
    expect(violations).toEqual([]);
    // Nothing is wider than the screen.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  // In software a step takes long: the flow at its start is enough, there and back.
  test.each(['webgl', 'webgpu'])('a lesson begins on %s', async (backend) => {
    const { page, faults } = await open(`backend=${backend}&coupling=affine`);
    await page.waitForFunction(() => document.getElementById('trip-x')?.textContent !== '–');
    expect(await text(page, 'trip-error')).toMatch(/^(0|\d\.\d·10⁻[⁴-⁹])$/);
    expect(await text(page, 'status')).toBe('Running.');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('its files have relative paths, and name no other place', () => {
    const html = readFileSync(join(out, 'index.html'), 'utf8');
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path)).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^(\/|https?:)/)]),
    );
    expect(readdirSync(join(out, 'assets')).filter((name) => name.endsWith('.wasm'))).toHaveLength(3);
  });
});
