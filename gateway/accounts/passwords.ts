import { looksLikeKey } from "./secrets.js";

/** NIST SP 800-63B 5.1.1.2: at least 8, and 64 must be possible; the upper bound only keeps the work bounded. */
const fewest = 8;
const most = 128;

/**
 * The heads of published lists of leaked passwords, as far as they are eight characters or longer, and what installers of access
 * control are known to leave behind. Compared without case and without trailing digits and signs.
 */
const common = new Set(
  `password passwort motdepasse contrasena administrator adminadmin admin123 administration superuser
  12345678 123456789 1234567890 0123456789 87654321 987654321 9876543210 11111111 00000000 88888888 12341234 11223344
  12121212 123123123 147258369 123654789 789456123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 q1w2e3r4 zaq12wsx qazwsxedc
  qwertyui qwertyuiop qwertzuiop qwertz123 qwerty123 qwerty12 azertyuiop asdfghjk asdfghjkl asdfasdf asdf1234 zxcvbnm1
  zxcvbnm123 abcdefgh abcd1234 abc12345 a1b2c3d4 aa123456 a1234567 iloveyou iloveyou1 princess sunshine football
  baseball basketball superman batman123 pokemon1 dragon12 monkey123 letmein1 letmein123 welcome1 welcome123 willkommen
  trustno1 whatever computer internet starwars michelle jennifer jessica1 charlie1 michael1 jordan23 corvette mercedes
  ferrari1 porsche1 maverick midnight samantha victoria elizabeth nicole123 hellohello hallo123 hallohallo schatz123
  changeme changeit changeme123 default1 default123 temppass temporary newpassword mypassword passw0rd p@ssw0rd
  p@ssword password1 passport sicherheit security security1 secret123 geheim123 supervisor operator1 installer
  installer1 engineer1 technician master12 masterkey masterkey1 mastercode building keycard1 doorlock openthedoor
  opensesame sesamoeffne sesamoeffnedich gatekeeper gatewarden gateway1 accesscontrol frontdoor fingerprint testtest
  test1234 testing1 tester123 guestguest guest123 user1234 username company1 firmenname summer2024 summer2025
  summer2026 winter2024 winter2025 winter2026 sommer2025 sommer2026 spring2026 autumn2026 liverpool arsenal1
  chelsea1 manchester barcelona juventus bayern123 schalke04 dortmund deutschland oesterreich schweiz1`
    .split(/\s+/)
    .flatMap((word) => [word, stem(word)])
    .filter((word) => word.length > 3),
);

/** Digits and signs hung on at the end are the first thing that guessing tries. */
function stem(password: string): string {
  return password.toLowerCase().replace(/[^\p{L}]+$/u, "");
}

/** Why this may not be a password of the account; undefined: it may. */
export function passwordFault(password: string, account: string): string | undefined {
  const said = password.normalize("NFKC");
  const letters = [...said].length;
  if (letters < fewest) return `a password has at least ${fewest} characters`;
  if (letters > most) return `a password has at most ${most} characters`;
  if (looksLikeKey(said)) return "this looks like a key that a gateway made, not like a password";
  if (new Set(said.toLowerCase()).size < 3) return "this repeats too few characters";
  if (common.has(said.toLowerCase()) || (letters < 16 && common.has(stem(said)))) {
    return "this is one of the passwords that are guessed first";
  }
  if (account.length > 3 && letters < 16 && said.toLowerCase().includes(account.toLowerCase())) {
    return "a short password may not contain the account's name";
  }
  return undefined;
}
