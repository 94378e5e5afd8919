/**
 * Stands in for @vscode/spdlog, a native module that the tests do not compile: appends each message to the log file at once.
 *
 * Without it the server of VS Code writes no logs, and every output channel of an extension stays empty.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levelNames = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const levelOff = 6;

class Logger {
  /**
   * @param {string} _kind
   * @param {string} _name
   * @param {string} file absolute path of the log file
   */
  constructor(_kind, _name, file) {
    this.file = file;
    this.level = 2;
    this.isPlain = false;
    mkdirSync(dirname(file), { recursive: true });
  }

  /** @param {number} level @param {string} message */
  write(level, message) {
    if (level < this.level || this.level >= levelOff) {
      return;
    }
    const stamp = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const text = this.isPlain ? message : `${stamp} [${levelNames[level]}] ${message}\n`;
    try {
      appendFileSync(this.file, text);
    } catch {
      // The folder is gone: the editor is being closed.
    }
  }

  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.isPlain = false; }
  clearFormatters() { this.isPlain = true; }
  flush() {}
  drop() {}
}

exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.Logger = Logger;
exports.createRotatingLogger = (name, file) => Promise.resolve(new Logger('rotating', name, file));
exports.createAsyncRotatingLogger = (name, file) => Promise.resolve(new Logger('rotating_async', name, file));
