import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { check, Result } from './check';
import type { Request } from './plan';
import { root } from './root';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is no such browser, or nothing. */
export const noChromium = (): string | undefined =>
  existsSync(executablePath) ? undefined : `no Chromium at ${executablePath}; set CHROMIUM to where it is`;

/** Both GPU APIs on Chromium's own software driver, the same on every machine; no talk with the outside. */
const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** Starts the browser, without a window. */
export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args });

const source = resolve(root, 'packages/core/src');

let bundle: Promise<string> | undefined;

/** The page and all that it imports, as one script. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, 'packages/core/test/backends/page.ts')],
    bundle: true,
    write: false,
    alias: {
      '@invertible/core/testing': resolve(source, 'testing/index.ts'),
      '@invertible/core': resolve(source, 'index.ts'),
    },
  });
  return outputFiles[0]!.text;
}

/** Runs what is asked on a backend in headless Chromium. */
export async function inChromium(backend: string, request: Request): Promise<Result[]> {
  bundle ??= script();
  return onPage(await bundle, (page) =>
    page.evaluate(([name, part]) => (globalThis as unknown as { check: typeof check }).check(name, part), [
      backend,
      request,
    ] as const),
  );
}

/** Opens a page with a script in headless Chromium. WebGPU asks for a page with an origin: one is served here. */
export async function onPage<T>(js: string, use: (page: Page) => Promise<T>): Promise<T> {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.setHeader('content-type', `${isScript ? 'text/javascript' : 'text/html'}; charset=utf-8`);
    response.end(
      isScript ? js : '<!doctype html><link rel="icon" href="data:,"><script src="page.js"></script>',
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await use(page);
  } finally {
    await browser.close();
    server.close();
  }
}
