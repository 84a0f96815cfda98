// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/tokens.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "identity/base62.h"
#include "skyden/base/crypto.h"

namespace skyden::identity {
namespace {

TEST_CASE("a token parses back to its own id and hash") {
  for (const TokenKind kind : {TokenKind::kPersonal, TokenKind::kSystemAccount}) {
    const NewToken token = GenerateToken(kind);
    const auto parsed = ParseToken(token.text);
    REQUIRE(parsed.ok());
    CHECK(parsed->kind == kind);
    CHECK(parsed->id == token.id);
    CHECK(parsed->sha256 == token.sha256);
    CHECK(token.sha256 == base::Sha256(token.text));
  }
}

TEST_CASE("a token says its kind and is safe in a URL") {
  const NewToken personal = GenerateToken(TokenKind::kPersonal);
  const NewToken system = GenerateToken(TokenKind::kSystemAccount);
  CHECK(personal.text.starts_with("skpat_"));
  CHECK(system.text.starts_with("sksat_"));
  const std::string allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  CHECK(personal.text.find_first_not_of(allowed) == std::string::npos);
  CHECK(system.text.find_first_not_of(allowed) == std::string::npos);
}

TEST_CASE("tokens do not repeat") {
  std::set<std::string> texts;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const NewToken token = GenerateToken(TokenKind::kSystemAccount);
    texts.insert(token.text);
    ids.insert(token.id.str());
  }
  CHECK(texts.size() == 1000);
  CHECK(ids.size() == 1000);
}

TEST_CASE("every base62 digit is as likely as the others") {
  // 62,000 draws: each digit 1,000 times on average, standard deviation below 32. A bias of the
  // naive modulo would be 25 %.
  std::map<char, int> counts;
  for (const char c : RandomBase62(62'000)) ++counts[c];
  REQUIRE(counts.size() == 62);
  for (const auto& [digit, count] : counts) {
    CAPTURE(digit);
    CHECK(count > 800);
    CHECK(count < 1200);
  }
}

TEST_CASE("any changed character makes a token unreadable") {
  const std::string text = GenerateToken(TokenKind::kSystemAccount).text;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    CAPTURE(i);
    CHECK(ParseToken(changed).status().code() == absl::StatusCode::kInvalidArgument);
  }
  CHECK_FALSE(ParseToken("").ok());
  CHECK_FALSE(ParseToken(text.substr(1)).ok());
  CHECK_FALSE(ParseToken(text + "x").ok());
  CHECK_FALSE(ParseToken(text + '\0').ok());
  CHECK_FALSE(ParseToken(std::string(100'000, 'a')).ok());
}

TEST_CASE("a credential is read with and without Bearer, in any case") {
  CHECK(CredentialOf("Bearer abc") == "abc");
  CHECK(CredentialOf("bearer abc") == "abc");
  CHECK(CredentialOf("BEARER   abc ") == "abc");
  CHECK(CredentialOf("abc") == "abc");
  CHECK(CredentialOf("  abc\t") == "abc");
  CHECK(CredentialOf("").empty());
  CHECK(CredentialOf("Bearer").empty());
  CHECK(CredentialOf("Bearer ").empty());
  CHECK(CredentialOf("Bearerabc") == "Bearerabc");
  CHECK(LooksLikeJwt("a.b.c"));
  CHECK_FALSE(LooksLikeJwt(GenerateToken(TokenKind::kPersonal).text));
}

TEST_CASE("a number has six base62 digits") {
  CHECK(Base62OfUint32(0) == "000000");
  CHECK(Base62OfUint32(61) == "00000z");
  CHECK(Base62OfUint32(62) == "000010");
  CHECK(Base62OfUint32(UINT32_MAX) == "4gfFC3");
}

}  // namespace
}  // namespace skyden::identity
