/** Stands in for @vscode/native-watchdog, a native module that the tests do not compile. The extension host also looks for its parent by itself. */
exports.start = () => undefined;
exports.exit = (code) => process.exit(code ?? 0);
