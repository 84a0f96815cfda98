// SPDX-License-Identifier: Apache-2.0
// Opaque tokens: `sk<kind>_<public id>_<secret><checksum>`, letters and digits only between the
// underscores, so they are safe in a URL's userinfo. The database keeps SHA-256 of the text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/ids.h"

namespace skyden::identity {

// "skpat_", "sksat_", "skses_". The last is a browser's, and goes nowhere but into a cookie.
enum class TokenKind { kPersonal, kSystemAccount, kSession };

struct NewToken {
  std::string text;  // shown once
  model::TokenId id;
  std::array<uint8_t, 32> sha256{};
};

// At least 160 random bits in the secret part.
NewToken GenerateToken(TokenKind kind);

struct ParsedToken {
  TokenKind kind = TokenKind::kSystemAccount;
  model::TokenId id;
  std::array<uint8_t, 32> sha256{};
};
// INVALID_ARGUMENT when the shape or the checksum is wrong; nothing is looked up.
absl::StatusOr<ParsedToken> ParseToken(std::string_view text);

// The credential in an `authorization` value: what follows "Bearer " (in any case), or all of it.
// Blanks around it are dropped.
std::string_view CredentialOf(std::string_view authorization);

// Three dot-separated parts: a token that a control plane issued, to be verified by it.
bool LooksLikeJwt(std::string_view credential);

}  // namespace skyden::identity
