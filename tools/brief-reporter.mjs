/** A dot for each file of tests, failures in full as they come, and why tests are skipped. The summary is jest's own. */
export default class BriefReporter {
  #skipped = new Set();
  #dots = 0;

  onTestResult(test, { failureMessage, testResults, numFailingTests }) {
    if (failureMessage) {
      process.stderr.write(
        `${this.#dots ? '\n' : ''}FAIL ${test.path}, ${numFailingTests} of ${testResults.length}\n${failureMessage}\n`,
      );
      this.#dots = 0;
    } else {
      process.stderr.write('.');
      this.#dots++;
    }
    for (const { status, fullName } of testResults) if (status === 'pending') this.#skipped.add(fullName);
  }

  onRunComplete() {
    process.stderr.write('\n');
    for (const name of this.#skipped) process.stderr.write(`skipped: ${name}\n`);
  }
}
