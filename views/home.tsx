import type { Text } from "./text/en.ts";

interface HomePageProps {
  text: Text;
  user: { readonly name: string } | null;
}

export function HomePage({ text, user }: HomePageProps) {
  return (
    <>
      <h1>{user ? text.home.welcome(user.name) : text.home.heading}</h1>
      <p>{text.home.intro}</p>
    </>
  );
}
