/** Where AWS is, and as whom; nothing of it: as the environment says. */
export interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts?: number;
  readonly disableHostPrefix?: boolean;
}
