// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/jws.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/crypto.h"

namespace skyden::base {
namespace {

std::string Bytes(const char* base64url) { return Base64UrlDecode(base64url).value(); }

// RFC 7515, appendix A.2 (RS256) and A.3 (ES256).
constexpr char kRsaData[] =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr char kRsaModulus[] =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
    "4qPCJrcS2mJPMEzP1Pt0Bm4d4Q"
    "lL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-"
    "bSf63kpaSHSXndS5z5rexMdbBY"
    "UsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-"
    "DWNm"
    "oudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr char kRsaSignature[] =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujG"
    "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
    "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
    "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr char kEcData[] =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";
constexpr char kEcX[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr char kEcY[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr char kEcSignature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST_CASE("the examples of RFC 7515 verify, and nothing near them") {
  const auto rsa = JwsKey::Rsa(Bytes(kRsaModulus), Bytes("AQAB"));
  REQUIRE(rsa.ok());
  CHECK(rsa->algorithm() == JwsKey::Algorithm::kRs256);
  CHECK(rsa->Verify(kRsaData, Bytes(kRsaSignature)).ok());
  const auto ec = JwsKey::P256(Bytes(kEcX), Bytes(kEcY));
  REQUIRE(ec.ok());
  CHECK(ec->algorithm() == JwsKey::Algorithm::kEs256);
  CHECK(ec->Verify(kEcData, Bytes(kEcSignature)).ok());

  for (const auto& [key, data, signature] :
       {std::tuple(*rsa, std::string(kRsaData), Bytes(kRsaSignature)),
        std::tuple(*ec, std::string(kEcData), Bytes(kEcSignature))}) {
    CHECK_FALSE(key.Verify(data + "x", signature).ok());
    for (size_t i = 0; i < signature.size(); i += 13) {
      std::string wrong = signature;
      wrong[i] = static_cast<char>(wrong[i] ^ 1);
      CHECK(absl::IsUnauthenticated(key.Verify(data, wrong)));
    }
    for (const std::string& wrong : {std::string(), signature + "x", signature.substr(1),
                                     std::string(64, '\0'), std::string(256, '\xff')}) {
      CHECK(absl::IsUnauthenticated(key.Verify(data, wrong)));
    }
  }
}

TEST_CASE("a compact serialisation has three parts") {
  const auto parts = SplitJws("a.bc.d");
  REQUIRE(parts.has_value());
  CHECK(parts->header == "a");
  CHECK(parts->payload == "bc");
  CHECK(parts->signature == "d");
  CHECK(parts->signed_part == "a.bc");
  CHECK(SplitJws("..")->signed_part == ".");
  for (const char* wrong : {"", "a", "a.b", "a.b.c.d", "..."}) CHECK_FALSE(SplitJws(wrong));
}

TEST_CASE("what is no key, or too short a one, is refused") {
  const std::string n = Bytes(kRsaModulus);
  CHECK_FALSE(JwsKey::Rsa("", Bytes("AQAB")).ok());
  CHECK_FALSE(JwsKey::Rsa(n, "").ok());
  CHECK_FALSE(JwsKey::Rsa(n.substr(0, 128), Bytes("AQAB")).ok());
  CHECK_FALSE(JwsKey::Rsa(std::string(5000, '\x7f'), Bytes("AQAB")).ok());
  CHECK_FALSE(JwsKey::Rsa(n, std::string(100, '\x01')).ok());
  const std::string x = Bytes(kEcX);
  const std::string y = Bytes(kEcY);
  CHECK_FALSE(JwsKey::P256(y, x).ok());
  CHECK_FALSE(JwsKey::P256(x, y.substr(1)).ok());
  CHECK_FALSE(JwsKey::P256("", "").ok());
  CHECK_FALSE(JwsKey::P256(std::string(32, '\0'), std::string(32, '\0')).ok());
}

}  // namespace
}  // namespace skyden::base
