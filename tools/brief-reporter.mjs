import { relative } from 'node:path';

/**
 * A dot for each file of tests; failures in full as they come, and what tests print; why backends are not tested. The summary is
 * jest's own.
 */
export default class BriefReporter {
  #skipped = new Set();
  #dots = 0;

  onTestResult(test, { console: printed, failureMessage, testResults, numFailingTests }) {
    const path = relative('', test.path);
    const texts = (printed ?? []).map(({ type, message }) => `${path}, console.${type}: ${message}`);
    if (failureMessage)
      texts.push(`FAIL ${path}, ${numFailingTests} of ${testResults.length}\n${failureMessage}`);
    if (texts.length === 0) {
      process.stderr.write('.');
      this.#dots++;
    } else {
      process.stderr.write(`${this.#dots > 0 ? '\n' : ''}${texts.join('\n')}\n`);
      this.#dots = 0;
    }
    // Not those that `-t` leaves out: they would be thousands.
    for (const { status, title, fullName } of testResults)
      if (status === 'pending' && title.startsWith('not tested')) this.#skipped.add(fullName);
  }

  onRunComplete() {
    process.stderr.write('\n');
    for (const name of this.#skipped) process.stderr.write(`skipped: ${name}\n`);
  }
}
