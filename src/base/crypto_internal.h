// SPDX-License-Identifier: Apache-2.0
// What the crypto files share: owners of OpenSSL objects and the reading of keys.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace skyden::base::crypto {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

// Looked up once: EVP_sha256() has the library look for it in every digest, which takes as long as
// the digest of a token. Valid for ever.
const EVP_MD* Sha256Method();

// As OpenSSL takes them.
inline const unsigned char* Bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* Bytes(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// A read-only view of `bytes`, which must outlive it.
Bio ReadOnlyBio(std::string_view bytes);
std::string TakeText(BIO* bio);

// nullptr when `bytes` (PEM text or DER) holds no such key. Never asks for a passphrase.
// `selection`: EVP_PKEY_KEYPAIR or EVP_PKEY_PUBLIC_KEY; `algorithm`: "RSA", or nullptr for any.
Key ReadKey(std::string_view bytes, int selection, const char* algorithm);

// PKCS#1 PEM text; empty when OpenSSL fails.
std::string TraditionalPem(EVP_PKEY* key);
Key NewRsaKey(int bits);

// OpenSSL keeps errors in a queue of the thread; what is left there would be blamed on the next
// caller (TLS sessions read it).
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;
  ~ErrorQueueGuard();
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

}  // namespace skyden::base::crypto
