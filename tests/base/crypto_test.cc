// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/crypto.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "skyden/base/status.h"

namespace skyden::base {
namespace {

std::string Hex(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string Sha256Hex(std::string_view data) {
  const auto digest = Sha256(data);
  return HexLower({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// One key for the whole file: making one takes tens of milliseconds.
const std::string& TestKey() {
  static const std::string* const key = new std::string(GenerateRsaKeyPem().value());
  return *key;
}
const std::string& OtherKey() {
  static const std::string* const key = new std::string(GenerateRsaKeyPem().value());
  return *key;
}

std::string DerOf(const std::string& pem) {
  const size_t begin = pem.find('\n') + 1;
  std::string digits = pem.substr(begin, pem.find("-----END") - begin);
  std::erase(digits, '\n');
  return Base64Decode(digits).value();
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("SHA-256 gives the digests of FIPS 180") {
  CHECK(Sha256Hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("random UUIDs are version 4, lower case and distinct") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = RandomUuid();
    REQUIRE(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
    CHECK(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
    seen.insert(uuid);
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("constant-time comparison agrees with ==") {
  CHECK(ConstantTimeEqual("", ""));
  CHECK(ConstantTimeEqual("same", "same"));
  CHECK_FALSE(ConstantTimeEqual("same", "sane"));
  CHECK_FALSE(ConstantTimeEqual("same", "same "));
}

TEST_CASE("AES-256-GCM opens the published test vectors") {
  // Test cases 14 and 16 of the GCM specification (256-bit keys).
  CHECK(AesGcmOpen(std::string(32, '\0'),
                   std::string(12, '\0') + Hex("cea7403d4d606b6e074ec5d3baf39d18") +
                       Hex("d0d1c8a799996bf0265b98b5d48ab919"),
                   "")
            .value() == std::string(16, '\0'));
  const auto opened =
      AesGcmOpen(Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                 Hex("cafebabefacedbaddecaf888") +
                     Hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662") +
                     Hex("76fc6ece0f4e1768cddf8853bb2d551b"),
                 Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
  REQUIRE(opened.ok());
  CHECK(HexLower(*opened) ==
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

TEST_CASE("what was sealed opens with the same key and context only") {
  const std::string key = RandomBytes(32);
  const std::string sealed = AesGcmSeal(key, "a secret", "context").value();
  CHECK(sealed.size() == 12 + 8 + 16);
  CHECK(AesGcmOpen(key, sealed, "context").value() == "a secret");
  CHECK(AesGcmOpen(key, AesGcmSeal(key, "", "").value(), "").value().empty());
  CHECK(sealed != AesGcmSeal(key, "a secret", "context").value());

  const auto refuses = [&](const std::string& with_key, const std::string& bytes,
                           const std::string& context) {
    return AesGcmOpen(with_key, bytes, context).status().code() == absl::StatusCode::kDataLoss;
  };
  CHECK(refuses(RandomBytes(32), sealed, "context"));
  CHECK(refuses(key, sealed, "contexT"));
  CHECK(refuses(key.substr(1), sealed, "context"));
  CHECK(refuses(key, sealed.substr(0, 27), "context"));
  CHECK(refuses(key, "", "context"));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CAPTURE(i);
    CHECK(refuses(key, damaged, "context"));
  }
  CHECK(AesGcmSeal("short", "x", "").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("base64 gives the examples of RFC 4648") {
  const std::vector<std::pair<std::string, std::string>> table = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : table) {
    CHECK(Base64Encode(bytes) == text);
    CHECK(Base64Decode(text).value() == bytes);
  }
  CHECK(Base64UrlEncode("\xfb\xff") == "-_8");
  CHECK(Base64UrlDecode("-_8").value() == "\xfb\xff");
  const std::string all = RandomBytes(1000);
  CHECK(Base64Decode(Base64Encode(all)).value() == all);
  CHECK(Base64UrlDecode(Base64UrlEncode(all)).value() == all);
}

TEST_CASE("base64 that is not exactly that is refused") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zg==\n",
                           " Zg==", "Zh==", "Zm9=", "Zm9v=", "Z=g=", "Zm-v", "Zm_v", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK(Base64Decode(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
  for (const char* text : {"Z", "Zg==", "Zh", "Zm9v+", "Zm/v", "Zm 9"}) {
    CAPTURE(text);
    CHECK(Base64UrlDecode(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("generated keys and their public halves are PKCS#1 PEM text") {
  CHECK(TestKey().starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
  const std::string from_pem = RsaPublicKeyPem(TestKey()).value();
  CHECK(from_pem.starts_with("-----BEGIN RSA PUBLIC KEY-----\n"));
  CHECK(RsaPublicKeyPem(DerOf(TestKey())).value() == from_pem);
  CHECK(RsaPublicKeyPem("nonsense").status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(RsaPublicKeyPem(from_pem).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(GenerateRsaKeyPem(64).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(GenerateRsaKeyPem(1 << 20).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a signature verifies with the key's halves and with nothing else") {
  const std::string signature = RsaSignSha256(TestKey(), "text").value();
  CHECK(signature.size() == 256);
  CHECK(RsaSignSha256(DerOf(TestKey()), "text").value() == signature);
  const std::string public_key = RsaPublicKeyPem(TestKey()).value();
  CHECK(RsaVerifySha256(public_key, "text", signature).ok());
  CHECK(RsaVerifySha256(DerOf(public_key), "text", signature).ok());
  CHECK(RsaVerifySha256(TestKey(), "text", signature).ok());

  const auto code = [&](std::string_view key, std::string_view data, std::string_view sig) {
    return RsaVerifySha256(key, data, sig).code();
  };
  CHECK(code(public_key, "texT", signature) == absl::StatusCode::kUnauthenticated);
  CHECK(code(public_key, "text", "") == absl::StatusCode::kUnauthenticated);
  CHECK(code(public_key, "text", signature.substr(1)) == absl::StatusCode::kUnauthenticated);
  CHECK(code(OtherKey(), "text", signature) == absl::StatusCode::kUnauthenticated);
  CHECK(code("not a key", "text", signature) == absl::StatusCode::kInvalidArgument);
  CHECK(code(std::string(1 << 20, 'x'), "text", signature) == absl::StatusCode::kInvalidArgument);
  CHECK(RsaSignSha256(public_key, "text").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a mesh CA has the shape of Kuma's builtin CA") {
  const absl::Time from = absl::FromUnixSeconds(1'700'000'000);
  const absl::Time to = from + absl::Hours(24 * 3650);
  const CertificateAndKey ca = GenerateMeshCa("payments", 2048, from, to).value();
  CHECK(ca.private_key_pem.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));

  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(ca.certificate_pem.data(), static_cast<int>(ca.certificate_pem.size())),
      &BIO_free_all);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  REQUIRE(certificate != nullptr);
  char subject[256];
  X509_NAME_oneline(X509_get_subject_name(certificate.get()), subject, sizeof(subject));
  CHECK(std::string(subject) == "/O=Kuma/OU=Mesh/CN=payments");
  CHECK(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())) == 0);
  CHECK(X509_get_version(certificate.get()) == X509_VERSION_3);
  CHECK(X509_get_signature_nid(certificate.get()) == NID_sha256WithRSAEncryption);
  CHECK(X509_get_key_usage(certificate.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  CHECK((X509_get_extension_flags(certificate.get()) & EXFLAG_CA) != 0);
  CHECK(X509_get_pathlen(certificate.get()) == -1);
  CHECK(X509_get0_subject_key_id(certificate.get()) != nullptr);
  CHECK(X509_check_issued(certificate.get(), certificate.get()) == X509_V_OK);
  CHECK(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) == 1);
  tm not_before{};
  tm not_after{};
  REQUIRE(ASN1_TIME_to_tm(X509_get0_notBefore(certificate.get()), &not_before) == 1);
  REQUIRE(ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &not_after) == 1);
  CHECK(timegm(&not_before) == absl::ToTimeT(from));
  CHECK(timegm(&not_after) == absl::ToTimeT(to));

  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr));
  REQUIRE(names != nullptr);
  REQUIRE(sk_GENERAL_NAME_num(names) == 1);
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, 0);
  REQUIRE(name->type == GEN_URI);
  CHECK(std::string(reinterpret_cast<const char*>(
            ASN1_STRING_get0_data(name->d.uniformResourceIdentifier))) == "spiffe://payments");
  GENERAL_NAMES_free(names);
}

TEST_CASE("a CA pair is accepted only when it is one, in Kuma's words otherwise") {
  const absl::Time from = absl::FromUnixSeconds(1'700'000'000);
  const CertificateAndKey ca = GenerateMeshCa("default", 2048, from, from + absl::Hours(1)).value();
  CHECK(CheckCaPair(ca.certificate_pem, ca.private_key_pem).ok());
  CHECK(CheckCaPair("note\n" + ca.certificate_pem, ca.private_key_pem).ok());

  const std::string prefix = "not a valid TLS key pair: ";
  const std::vector<std::tuple<std::string, std::string, std::string>> table = {
      {"", "", "tls: failed to find any PEM data in certificate input"},
      {"CERT", "KEY", "tls: failed to find any PEM data in certificate input"},
      {ca.certificate_pem, "", "tls: failed to find any PEM data in key input"},
      {ca.certificate_pem, OtherKey(), "tls: private key does not match public key"},
      {ca.certificate_pem, ca.certificate_pem,
       "tls: found a certificate rather than a key in the PEM for the private key"},
      {ca.private_key_pem, ca.certificate_pem,
       "tls: failed to find certificate PEM data in certificate input, but did find a private "
       "key; PEM inputs may have been switched"},
      {RsaPublicKeyPem(TestKey()).value(), ca.private_key_pem,
       "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM "
       "blocks of the following types: [RSA PUBLIC KEY]"},
  };
  for (const auto& [certificate, key, reason] : table) {
    const absl::Status status = CheckCaPair(certificate, key);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(Message(status) == prefix + reason);
    CHECK(ViolationsOf(status) == std::vector<FieldViolation>{{"cert", prefix + reason}});
  }
  CHECK(CheckKeyPair(ca.certificate_pem, ca.private_key_pem).ok());
  CHECK(Message(CheckKeyPair(ca.certificate_pem, OtherKey())) ==
        "tls: private key does not match public key");
  CHECK(CheckCertificates(ca.certificate_pem + ca.certificate_pem).ok());
  CHECK_FALSE(CheckCertificates(ca.private_key_pem).ok());
  CHECK_FALSE(CheckCertificates("").ok());
}

// A self-signed leaf, made here because the library makes CAs only.
std::string LeafCertificate(const std::string& key_pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(
      BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), &BIO_free_all);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_EXTENSION* usage =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, "critical,keyAgreement");
  X509_add_ext(certificate.get(), usage, -1);
  X509_EXTENSION_free(usage);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
  PEM_write_bio_X509(out.get(), certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

TEST_CASE("a certificate that cannot sign others is no CA, and every reason is named") {
  CHECK(CheckKeyPair(LeafCertificate(TestKey()), TestKey()).ok());
  const absl::Status status = CheckCaPair(LeafCertificate(TestKey()), TestKey());
  const std::vector<FieldViolation> expected = {
      {"cert[0]",
       "basic constraint 'CA' must be set to 'true' (see X509-SVID: 4.1. Basic Constraints)"},
      {"cert[0]", "key usage extension 'keyCertSign' must be set (see X509-SVID: 4.3. Key Usage)"},
      {"cert[0]",
       "key usage extension 'keyAgreement' must NOT be set (see X509-SVID: Appendix A. X.509 "
       "Field Reference)"}};
  CHECK(ViolationsOf(status) == expected);
}

TEST_CASE("the key pool hands out distinct keys, ready or not") {
  RsaKeyPool pool(1);
  std::set<std::string> keys;
  for (int i = 0; i < 3; ++i) keys.insert(pool.Take().value());
  CHECK(keys.size() == 3);
  RsaKeyPool idle(0);
  CHECK(idle.Take().ok());
}

}  // namespace
}  // namespace skyden::base
