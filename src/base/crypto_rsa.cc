// SPDX-License-Identifier: Apache-2.0
// RSA keys: made, read, signed with; and the pool that makes them ahead of need.
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <sched.h>

#include "base/crypto_internal.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"

namespace skyden::base {
namespace crypto {
namespace {

using Decoder = std::unique_ptr<OSSL_DECODER_CTX, Freer<OSSL_DECODER_CTX_free>>;

int NoPassphrase(char*, size_t, size_t*, const OSSL_PARAM*, void*) { return 0; }

}  // namespace

ErrorQueueGuard::~ErrorQueueGuard() { ERR_clear_error(); }

Bio ReadOnlyBio(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

Key ReadKey(std::string_view bytes, int selection, const char* algorithm) {
  if (bytes.empty() || bytes.size() > limits::kPemBytes) return nullptr;
  EVP_PKEY* raw = nullptr;
  const Decoder decoder(OSSL_DECODER_CTX_new_for_pkey(&raw, nullptr, nullptr, algorithm, selection,
                                                      nullptr, nullptr));
  if (decoder == nullptr) return nullptr;
  OSSL_DECODER_CTX_set_passphrase_cb(decoder.get(), NoPassphrase, nullptr);
  const Bio bio = ReadOnlyBio(bytes);
  const bool ok = bio != nullptr && OSSL_DECODER_from_bio(decoder.get(), bio.get()) == 1;
  Key key(raw);
  return ok ? std::move(key) : nullptr;
}

std::string TraditionalPem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0,
                                                             nullptr, nullptr) != 1) {
    return {};
  }
  return TakeText(bio.get());
}

Key NewRsaKey(int bits) { return Key(EVP_RSA_gen(static_cast<size_t>(bits))); }

}  // namespace crypto

namespace {

constexpr int kBitsMin = 1024;

using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, crypto::Freer<OSSL_ENCODER_CTX_free>>;

absl::Status NotAKey() { return absl::InvalidArgumentError("not an RSA key"); }

}  // namespace

absl::StatusOr<std::string> GenerateRsaKeyPem(int bits) {
  if (bits < kBitsMin || bits > limits::kRsaBits) {
    return absl::InvalidArgumentError("an RSA key has 1024 to 8192 bits");
  }
  const crypto::ErrorQueueGuard guard;
  const crypto::Key key = crypto::NewRsaKey(bits);
  std::string pem = key == nullptr ? std::string() : crypto::TraditionalPem(key.get());
  if (pem.empty()) return absl::InternalError("RSA key generation failed");
  return pem;
}

absl::StatusOr<std::string> RsaPublicKeyPem(std::string_view private_key) {
  const crypto::ErrorQueueGuard guard;
  const crypto::Key key = crypto::ReadKey(private_key, EVP_PKEY_KEYPAIR, "RSA");
  if (key == nullptr) return NotAKey();
  // "type-specific" is what OpenSSL calls PKCS#1 for an RSA key.
  const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_PUBLIC_KEY, "PEM",
                                                      "type-specific", nullptr));
  unsigned char* data = nullptr;
  size_t size = 0;
  if (encoder == nullptr || OSSL_ENCODER_to_data(encoder.get(), &data, &size) != 1) {
    return absl::InternalError("writing an RSA public key failed");
  }
  std::string pem(reinterpret_cast<char*>(data), size);
  OPENSSL_free(data);
  return pem;
}

absl::StatusOr<std::string> RsaSignSha256(std::string_view private_key, std::string_view data) {
  const crypto::ErrorQueueGuard guard;
  const crypto::Key key = crypto::ReadKey(private_key, EVP_PKEY_KEYPAIR, "RSA");
  if (key == nullptr) return NotAKey();
  const crypto::DigestContext digest(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  size_t size = 0;
  std::string signature;
  bool ok = digest != nullptr &&
            EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
            EVP_DigestSign(digest.get(), nullptr, &size, bytes, data.size()) == 1;
  if (ok) {
    signature.resize(size);
    ok = EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        bytes, data.size()) == 1;
  }
  if (!ok) return absl::InternalError("RSA signing failed");
  signature.resize(size);
  return signature;
}

absl::Status RsaVerifySha256(std::string_view public_or_private_key, std::string_view data,
                             std::string_view signature) {
  const crypto::ErrorQueueGuard guard;
  crypto::Key key = crypto::ReadKey(public_or_private_key, EVP_PKEY_PUBLIC_KEY, "RSA");
  if (key == nullptr) key = crypto::ReadKey(public_or_private_key, EVP_PKEY_KEYPAIR, "RSA");
  if (key == nullptr) return NotAKey();
  const crypto::DigestContext digest(EVP_MD_CTX_new());
  if (digest == nullptr ||
      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) {
    return absl::InternalError("RSA verification could not start");
  }
  const int fits = EVP_DigestVerify(
      digest.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(data.data()), data.size());
  if (fits != 1) return absl::UnauthenticatedError("the signature is not valid");
  return absl::OkStatus();
}

RsaKeyPool::RsaKeyPool(size_t ready_max) : ready_max_(ready_max), thread_([this] { Loop(); }) {}

RsaKeyPool::~RsaKeyPool() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  // Now somebody waits for it: on a busy machine the key it is at would take for ever.
  const sched_param usual{};
  pthread_setschedparam(thread_.native_handle(), SCHED_OTHER, &usual);
  thread_.join();
}

absl::StatusOr<std::string> RsaKeyPool::Take() {
  AssertMayBlock();
  {
    absl::MutexLock lock(&mu_);
    if (!ready_.empty()) {
      std::string key = std::move(ready_.front());
      ready_.pop_front();
      return key;
    }
  }
  return GenerateRsaKeyPem();
}

void RsaKeyPool::Loop() {
  pthread_setname_np(pthread_self(), "rsa-keys");
  // SCHED_IDLE: keys ahead of need must never take a core from a request. Failure is harmless.
  const sched_param lowest{};
  pthread_setschedparam(pthread_self(), SCHED_IDLE, &lowest);
  while (true) {
    {
      absl::MutexLock lock(&mu_);
      const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || ready_.size() < ready_max_;
      };
      mu_.Await(absl::Condition(&wanted));
      if (stopping_) return;
    }
    absl::StatusOr<std::string> key = GenerateRsaKeyPem();
    absl::MutexLock lock(&mu_);
    // Without keys ahead, Take makes its own and reports why it cannot.
    if (!key.ok()) return;
    ready_.push_back(*std::move(key));
  }
}

}  // namespace skyden::base
