// SPDX-License-Identifier: Apache-2.0
// What both ends of a sign-in at an identity provider make (RFC 7636; OpenID Connect's nonce).
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// A state, nonce or code verifier that nobody guesses: 32 random bytes, base64url.
std::string RandomOneTimeText();

// What is shown of a verifier before it is: base64url of its SHA-256 ("S256").
std::string CodeChallenge(std::string_view verifier);

}  // namespace skyden::base
