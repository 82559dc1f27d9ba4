/** What Deno Deploy says of the deployment that runs. Its pages name the slugs in two ways. */
type DeployEnvironment = Partial<
  Record<
    | "DENO_DEPLOY"
    | "DENO_TIMELINE"
    | "DENO_DEPLOY_APP_SLUG"
    | "DENO_DEPLOY_ORG_SLUG"
    | "DENO_DEPLOY_APPLICATION_SLUG"
    | "DENO_DEPLOY_ORGANIZATION_SLUG"
    | "DENO_DEPLOY_BUILD_ID",
    string
  >
>;

/** Whether this is a preview, a branch or the warm-up of a build: its address is one of many. */
export function isPreview(env: DeployEnvironment): boolean {
  return env.DENO_DEPLOY !== undefined &&
    env.DENO_TIMELINE !== undefined && env.DENO_TIMELINE !== "production";
}

/** The address of a preview or a branch; null where the platform does not say enough. */
export function previewOrigin(env: DeployEnvironment): string | null {
  const app = env.DENO_DEPLOY_APP_SLUG || env.DENO_DEPLOY_APPLICATION_SLUG;
  const organisation = env.DENO_DEPLOY_ORG_SLUG || env.DENO_DEPLOY_ORGANIZATION_SLUG;
  const deployment = suffix(env);
  if (!isPreview(env) || !app || !organisation || !deployment) return null;
  return URL.parse(`https://${app}${deployment}.${organisation}.deno.net`)?.origin ?? null;
}

/** `preview/<revision>` is at `<app>-<revision>`, `git-branch/<branch>` at `<app>--<branch>`. */
function suffix({ DENO_TIMELINE = "", DENO_DEPLOY_BUILD_ID }: DeployEnvironment): string {
  const [kind, ...rest] = DENO_TIMELINE.split("/");
  if (kind === "git-branch") return `--${hostLabel(rest.join("/"))}`;
  const revision = rest.join("") || DENO_DEPLOY_BUILD_ID;
  return revision ? `-${revision}` : "";
}

/** A branch such as `fix/Login` is `fix-login` in a host name. */
function hostLabel(branch: string): string {
  return branch.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
