// SPDX-License-Identifier: Apache-2.0
// token    = prefix id "_" secret checksum
// prefix   = "skpat_" | "sksat_" | "skses_"
// id       = 14 base62 digits: 83 random bits, public, the key of the row
// secret   = 32 base62 digits: 190 random bits
// checksum = 6 base62 digits: the first 32 bits of SHA-256 of all before it. It only saves look-ups
//            for tokens that were cut or mistyped, and lets secret scanners be sure.
#include "skyden/identity/tokens.h"

#include <algorithm>

#include "identity/base62.h"
#include "skyden/base/crypto.h"

namespace skyden::identity {
namespace {

constexpr size_t kPrefixChars = 6;
constexpr size_t kIdChars = 14;
constexpr size_t kSecretChars = 32;
constexpr size_t kChecksumChars = 6;
constexpr size_t kTokenChars = kPrefixChars + kIdChars + 1 + kSecretChars + kChecksumChars;
constexpr std::string_view kPersonalPrefix = "skpat_";
constexpr std::string_view kSystemAccountPrefix = "sksat_";
constexpr std::string_view kSessionPrefix = "skses_";
constexpr std::string_view kBearer = "bearer";

std::string Checksum(std::string_view text) {
  const auto digest = base::Sha256(text);
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; ++i) bits = (bits << 8) | digest[i];
  return Base62OfUint32(bits);
}

std::string_view PrefixOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPersonal:
      return kPersonalPrefix;
    case TokenKind::kSystemAccount:
      return kSystemAccountPrefix;
    case TokenKind::kSession:
      return kSessionPrefix;
  }
  return "";
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

NewToken GenerateToken(TokenKind kind) {
  NewToken token;
  token.id = model::TokenId(RandomBase62(kIdChars));
  token.text = PrefixOf(kind);
  token.text += token.id.str();
  token.text += '_';
  token.text += RandomBase62(kSecretChars);
  token.text += Checksum(token.text);
  token.sha256 = base::Sha256(token.text);
  return token;
}

absl::StatusOr<ParsedToken> ParseToken(std::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError("not a token");
  if (text.size() != kTokenChars) return wrong;
  ParsedToken token;
  for (const TokenKind kind :
       {TokenKind::kPersonal, TokenKind::kSystemAccount, TokenKind::kSession}) {
    if (text.starts_with(PrefixOf(kind))) token.kind = kind;
  }
  if (!text.starts_with(PrefixOf(token.kind))) return wrong;
  const std::string_view id = text.substr(kPrefixChars, kIdChars);
  const std::string_view secret = text.substr(kPrefixChars + kIdChars + 1);
  if (text[kPrefixChars + kIdChars] != '_' || !IsBase62(id) || !IsBase62(secret)) return wrong;
  const std::string_view signed_part = text.substr(0, kTokenChars - kChecksumChars);
  if (Checksum(signed_part) != text.substr(signed_part.size())) return wrong;
  token.id = model::TokenId(std::string(id));
  token.sha256 = base::Sha256(text);
  return token;
}

std::string_view CredentialOf(std::string_view authorization) {
  authorization = Trim(authorization);
  const std::string_view word = authorization.substr(0, kBearer.size());
  const bool bearer = std::equal(word.begin(), word.end(), kBearer.begin(), kBearer.end(),
                                 [](char a, char b) { return Lower(a) == b; });
  if (!bearer) return authorization;
  const std::string_view rest = authorization.substr(kBearer.size());
  // "Bearerx" is somebody's token, not a scheme.
  const bool scheme = rest.empty() || rest.front() == ' ' || rest.front() == '\t';
  return scheme ? Trim(rest) : authorization;
}

bool LooksLikeJwt(std::string_view credential) {
  return std::count(credential.begin(), credential.end(), '.') == 2;
}

}  // namespace skyden::identity
