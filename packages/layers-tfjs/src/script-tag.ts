/** The global `invertible` of a page without a bundler, where `tf` is a global too: both packages by the names that the docs give them. */
export * as core from '@invertible/core';
export * as inn from './index';
