import type { Text } from "./text/en.ts";

interface HomePageProps {
  text: Text;
  user: { readonly name: string } | null;
}

const commands = `deno task dev    # localhost:8000
deno task test`;

const guardedRoute = `routes.get("/notes", guards.required, (c) => {
  return c.render(<h1>Notes of {c.var.user.name}</h1>, { title: "Notes" });
});`;

export function HomePage({ text, user }: HomePageProps) {
  return (
    <>
      <section class="hero">
        <h1>{user ? text.home.welcome(user.name) : text.home.heading}</h1>
        <p class="lead">{user ? text.home.welcomeIntro : text.home.intro}</p>
        <Actions text={text} user={user} />
      </section>
      <ul class="card-grid features">
        {Object.values(text.home.features).map(({ title, body }) => (
          <li class="card">
            <h2>{title}</h2>
            <p>{body}</p>
          </li>
        ))}
      </ul>
      <section class="quick-start" aria-labelledby="quick-start">
        <h2 id="quick-start">{text.home.quickStart}</h2>
        <p>{text.home.quickStartIntro}</p>
        <pre tabindex={0}><code>{commands}</code></pre>
        <p>{text.home.protectPage}</p>
        <pre tabindex={0}><code>{guardedRoute}</code></pre>
      </section>
    </>
  );
}

function Actions({ text, user }: HomePageProps) {
  return user
    ? (
      <p class="actions">
        <a class="button" href="/profile">{text.home.toProfile}</a>
        <a class="button secondary" href="/account">{text.home.toAccount}</a>
      </p>
    )
    : (
      <p class="actions">
        <a class="button" href="/register">{text.nav.register}</a>
        <a class="button secondary" href="/login">{text.nav.logIn}</a>
      </p>
    );
}
