/**
 * The part of playwright-core's API that the end-to-end tests use, so that they type-check before the driver is installed.
 *
 * Expressions for the page are strings, not functions: what runs in the browser then never depends on how this code was bundled.
 */

/** Milliseconds to wait before an action counts as failed. */
export interface WaitOptions {
  readonly timeout?: number;
}

/** A rectangle in CSS pixels of the page. */
export interface BrowserBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A query for elements that is evaluated anew at each action. */
export interface BrowserLocator {
  click(options?: WaitOptions & { readonly button?: 'left' | 'right'; readonly force?: boolean }): Promise<void>;
  dblclick(options?: WaitOptions): Promise<void>;
  hover(options?: WaitOptions): Promise<void>;
  fill(text: string, options?: WaitOptions): Promise<void>;
  press(key: string, options?: WaitOptions): Promise<void>;
  focus(options?: WaitOptions): Promise<void>;
  innerText(options?: WaitOptions): Promise<string>;
  inputValue(options?: WaitOptions): Promise<string>;
  textContent(options?: WaitOptions): Promise<string | null>;
  getAttribute(name: string, options?: WaitOptions): Promise<string | null>;
  allInnerTexts(): Promise<string[]>;
  count(): Promise<number>;
  isVisible(): Promise<boolean>;
  boundingBox(options?: WaitOptions): Promise<BrowserBox | null>;
  screenshot(options?: { readonly path?: string }): Promise<Uint8Array>;
  waitFor(options?: WaitOptions & { readonly state?: 'attached' | 'detached' | 'visible' | 'hidden' }): Promise<void>;
  first(): BrowserLocator;
  last(): BrowserLocator;
  nth(index: number): BrowserLocator;
  locator(selector: string): BrowserLocator;
  filter(options: { readonly hasText?: string | RegExp; readonly visible?: boolean }): BrowserLocator;
}

/** A query for an embedded document, such as a webview's. */
export interface BrowserFrameLocator {
  locator(selector: string): BrowserLocator;
  frameLocator(selector: string): BrowserFrameLocator;
}

/** A document inside the page: the page's own or that of an iframe. */
export interface BrowserFrame {
  url(): string;
  name(): string;
  locator(selector: string): BrowserLocator;
  evaluate<Value>(expression: string): Promise<Value>;
}

/** One tab of the browser. */
export interface BrowserPage {
  readonly keyboard: {
    press(key: string, options?: { readonly delay?: number }): Promise<void>;
    type(text: string, options?: { readonly delay?: number }): Promise<void>;
    insertText(text: string): Promise<void>;
  };
  readonly mouse: {
    move(x: number, y: number, options?: { readonly steps?: number }): Promise<void>;
    click(x: number, y: number, options?: { readonly button?: 'left' | 'right' }): Promise<void>;
  };
  goto(url: string, options?: WaitOptions & { readonly waitUntil?: 'load' | 'domcontentloaded' | 'commit' }): Promise<unknown>;
  reload(options?: WaitOptions): Promise<unknown>;
  locator(selector: string): BrowserLocator;
  frameLocator(selector: string): BrowserFrameLocator;
  frames(): BrowserFrame[];
  evaluate<Value>(expression: string): Promise<Value>;
  waitForFunction(expression: string, argument?: unknown, options?: WaitOptions): Promise<unknown>;
  waitForTimeout(milliseconds: number): Promise<void>;
  screenshot(options?: { readonly path?: string; readonly animations?: 'disabled' | 'allow' }): Promise<Uint8Array>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  setDefaultTimeout(milliseconds: number): void;
  exposeFunction(name: string, callback: (...args: never[]) => unknown): Promise<void>;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'crash', listener: () => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  isClosed(): boolean;
  close(): Promise<void>;
}

/** A running browser. */
export interface Browser {
  newContext(options?: {
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly locale?: string;
    readonly colorScheme?: 'light' | 'dark';
    readonly reducedMotion?: 'reduce' | 'no-preference';
    readonly permissions?: readonly string[];
  }): Promise<{ newPage(): Promise<BrowserPage> }>;
  version(): string;
  close(): Promise<void>;
}

/** The driver itself, as loaded from playwright-core. */
export interface BrowserDriver {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly headless: boolean;
      readonly args: readonly string[];
      readonly timeout?: number;
      readonly handleSIGINT?: boolean;
      readonly handleSIGTERM?: boolean;
      readonly handleSIGHUP?: boolean;
    }): Promise<Browser>;
    executablePath(): string;
  };
}
