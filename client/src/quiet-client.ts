/** The client of the protocol, without its pop-ups. Loaded only when a server is started: it is most of the extension's code. */

import type { InitializeParams } from 'vscode-languageclient/node';
import { LanguageClient } from 'vscode-languageclient/node';

export { CloseAction, ErrorAction, ShowMessageNotification, TransportKind } from 'vscode-languageclient/node';

/** A client that opens no pop-up, as `vscode-languageclient` does for each of its faults, and shows progress in our status item alone. */
export class QuietLanguageClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  /** The library stops a client that did not come up, which it refuses to do, and leaves the refusal to nobody. */
  override stop(timeout?: number): Promise<void> {
    const isStarting = this.needsStop() && !this.isRunning();
    return isStarting ? Promise.resolve() : super.stop(timeout);
  }

  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.capabilities.window = { ...params.capabilities.window, workDoneProgress: false };
  }
}
