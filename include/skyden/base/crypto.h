// SPDX-License-Identifier: Apache-2.0
// The only door to OpenSSL outside TLS set-up. Strings hold bytes unless a comment says text.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::base {

// Cryptographically strong; aborts when the system has no randomness to give.
std::string RandomBytes(size_t count);
std::string RandomUuid();  // version 4, lower case

std::array<uint8_t, 32> Sha256(std::string_view data);
std::string HmacSha256(std::string_view key, std::string_view data);  // 32 bytes
std::string HexLower(std::string_view bytes);
// Time depends on the length only. False when the lengths differ.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

// `key` 32 bytes. The result is nonce (12) | ciphertext | tag (16).
absl::StatusOr<std::string> AesGcmSeal(std::string_view key, std::string_view plain,
                                       std::string_view context);
// DATA_LOSS when anything does not fit.
absl::StatusOr<std::string> AesGcmOpen(std::string_view key, std::string_view sealed,
                                       std::string_view context);

std::string Base64Encode(std::string_view bytes);                    // RFC 4648 section 4, padded
absl::StatusOr<std::string> Base64Decode(std::string_view text);     // strict
std::string Base64UrlEncode(std::string_view bytes);                 // section 5, no padding
absl::StatusOr<std::string> Base64UrlDecode(std::string_view text);  // strict, no padding

// PKCS#1 "RSA PRIVATE KEY" PEM text. Costs tens of milliseconds: see RsaKeyPool.
absl::StatusOr<std::string> GenerateRsaKeyPem(int bits = 2048);
// PKCS#1 "RSA PUBLIC KEY" PEM text of a private key (PEM text or PKCS#1 DER).
absl::StatusOr<std::string> RsaPublicKeyPem(std::string_view private_key);
// RSASSA-PKCS1-v1_5 with SHA-256.
absl::StatusOr<std::string> RsaSignSha256(std::string_view private_key, std::string_view data);
// OK when it fits; UNAUTHENTICATED when it does not; INVALID_ARGUMENT when the key is not a key.
absl::Status RsaVerifySha256(std::string_view public_or_private_key, std::string_view data,
                             std::string_view signature);

struct CertificateAndKey {
  std::string certificate_pem;
  std::string private_key_pem;
};
// What Kuma's builtin CA backend makes: a self-signed root with the SPIFFE id of the mesh's trust
// domain ("spiffe://<mesh>"), RSA.
absl::StatusOr<CertificateAndKey> GenerateMeshCa(std::string_view mesh_name, int rsa_bits,
                                                 absl::Time not_before, absl::Time not_after);
// OK when `certificate_pem` is one CA certificate whose key is `private_key_pem`;
// INVALID_ARGUMENT with the reason otherwise.
absl::Status CheckCaPair(std::string_view certificate_pem, std::string_view private_key_pem);
// OK when the first certificate of `certificate_pem` (a chain) is of `private_key_pem`.
// INVALID_ARGUMENT with the reason otherwise. What a TLS server begins with.
absl::Status CheckKeyPair(std::string_view certificate_pem, std::string_view private_key_pem);
// OK when `pem` parses as one or more certificates.
absl::Status CheckCertificates(std::string_view pem);

// Keeps a few RSA keys ready, made on a thread of its own with low priority. Thread-safe.
class RsaKeyPool {
 public:
  explicit RsaKeyPool(size_t ready_max);
  ~RsaKeyPool();
  // A ready key, or one made now (AssertMayBlock).
  absl::StatusOr<std::string> Take() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop();

  const size_t ready_max_;
  absl::Mutex mu_;
  std::deque<std::string> ready_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace skyden::base
