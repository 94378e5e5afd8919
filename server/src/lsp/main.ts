/** The program `server.cjs`: a language server on its standard streams or an IPC channel. */

import { startServer } from './start.ts';

startServer(process.argv.slice(2));
