// SPDX-License-Identifier: Apache-2.0
// Sealed bytes: 0x01 | length of the key id (1 byte) | key id | nonce, ciphertext, tag.
// The key id is not secret; that it was not exchanged follows from the tag.
#include "skyden/store/sealer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"

namespace skyden::store {
namespace {

constexpr char kFormat = '\x01';
constexpr size_t kKeyBytes = 32;
constexpr size_t kKeyIdBytesMax = 32;
constexpr size_t kFileBytesMax = 64 << 10;

struct Key {
  std::string id;
  std::string bytes;
};

class AesSealer final : public Sealer {
 public:
  explicit AesSealer(std::vector<Key> keys) : keys_(std::move(keys)) {}

  absl::StatusOr<std::string> Seal(std::string_view plain,
                                   std::string_view context) const override {
    const Key& key = keys_.front();
    SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, base::AesGcmSeal(key.bytes, plain, context));
    std::string out;
    out.reserve(2 + key.id.size() + sealed.size());
    out += kFormat;
    out += static_cast<char>(key.id.size());
    out += key.id;
    out += sealed;
    return out;
  }

  absl::StatusOr<std::string> Open(std::string_view sealed,
                                   std::string_view context) const override {
    if (sealed.size() < 2 || sealed[0] != kFormat) return Broken();
    const auto id_size = static_cast<size_t>(static_cast<unsigned char>(sealed[1]));
    sealed.remove_prefix(2);
    if (sealed.size() < id_size) return Broken();
    const std::string_view id = sealed.substr(0, id_size);
    sealed.remove_prefix(id_size);
    for (const Key& key : keys_) {
      if (key.id == id) return base::AesGcmOpen(key.bytes, sealed, context);
    }
    return absl::DataLossError(id_size > kKeyIdBytesMax
                                   ? std::string("a sealed secret is broken")
                                   : fmt::format("no secrets key with id \"{}\"", id));
  }

  std::string_view newest_key() const override { return keys_.front().id; }

 private:
  static absl::Status Broken() { return absl::DataLossError("a sealed secret is broken"); }

  const std::vector<Key> keys_;
};

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

absl::Status SystemError(std::string_view what) {
  return absl::UnavailableError(
      fmt::format("{} the secrets key file: {}", what, std::strerror(errno)));
}

absl::Status WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(descriptor, text.data(), text.size());
    if (n < 0) return SystemError("cannot write");
    text.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

std::string LineOf(const Key& key) {
  return fmt::format("{} {}\n", key.id, base::Base64Encode(key.bytes));
}

Key NewKey() { return {base::HexLower(base::RandomBytes(4)), base::RandomBytes(kKeyBytes)}; }

enum class Existing { kIsKept, kIsReplaced };

// A key that is lost loses every secret sealed with it: on disk, whole, before it is used.
absl::Status WriteFile(const std::string& path, const std::string& text, Existing existing) {
  const std::string draft = fmt::format("{}.{}", path, base::HexLower(base::RandomBytes(8)));
  {
    const File file(open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return SystemError("cannot create");
    SKYDEN_RETURN_IF_ERROR(WriteAll(file.get(), text));
    if (fsync(file.get()) != 0) return SystemError("cannot write");
  }
  // A link, unlike a rename, never takes the place of a file that somebody else made meanwhile.
  const bool placed = existing == Existing::kIsReplaced
                          ? rename(draft.c_str(), path.c_str()) == 0
                          : link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const absl::Status failed = SystemError("cannot write");
  unlink(draft.c_str());
  if (!placed) return failed;
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const File directory(
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) return SystemError("cannot keep");
  return absl::OkStatus();
}

// nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadFile(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    return SystemError("cannot read");
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return SystemError("cannot read");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::PermissionDeniedError("the secrets key file must be its owner's only (mode 0600)");
  }
  std::string text(kFileBytesMax + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = read(file.get(), text.data() + size, text.size() - size);
    if (n < 0) return SystemError("cannot read");
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > kFileBytesMax) return absl::InvalidArgumentError("the secrets key file is too large");
  text.resize(size);
  return text;
}

bool IsKeyId(std::string_view id) {
  if (id.empty() || id.size() > kKeyIdBytesMax) return false;
  for (const char c : id) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!fits) return false;
  }
  return true;
}

absl::StatusOr<Key> ParseLine(std::string_view line, int number) {
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !IsKeyId(line.substr(0, blank))) {
    return absl::InvalidArgumentError(
        fmt::format("secrets key file, line {}: expected \"<id> <base64 of 32 bytes>\"", number));
  }
  auto bytes = base::Base64Decode(line.substr(blank + 1));
  if (!bytes.ok() || bytes->size() != kKeyBytes) {
    return absl::InvalidArgumentError(
        fmt::format("secrets key file, line {}: the key is not the base64 of 32 bytes", number));
  }
  return Key{std::string(line.substr(0, blank)), *std::move(bytes)};
}

absl::StatusOr<std::vector<Key>> Parse(std::string_view text) {
  std::vector<Key> keys;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    SKYDEN_ASSIGN_OR_RETURN(Key key, ParseLine(line, number));
    for (const Key& other : keys) {
      if (other.id == key.id) {
        return absl::InvalidArgumentError(
            fmt::format("secrets key file, line {}: a second key with this id", number));
      }
    }
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return absl::InvalidArgumentError("the secrets key file holds no key");
  return keys;
}

struct KeyFile {
  std::string text;
  std::vector<Key> keys;  // what the text says
};

absl::StatusOr<KeyFile> ReadKeyFile(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<std::string> text, ReadFile(path));
  if (!text.has_value()) return absl::NotFoundError(fmt::format("there is no {}", path));
  SKYDEN_ASSIGN_OR_RETURN(std::vector<Key> keys, Parse(*text));
  return KeyFile{*std::move(text), std::move(keys)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sealer>> LoadSealer(const std::string& path,
                                                   MissingKeyFile missing) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<std::string> text, ReadFile(path));
  if (!text.has_value() && missing == MissingKeyFile::kIsRefused) {
    return absl::NotFoundError(fmt::format(
        "there is no {}: put back the key file that the database was sealed with", path));
  }
  if (!text.has_value()) {
    SKYDEN_RETURN_IF_ERROR(WriteFile(path, LineOf(NewKey()), Existing::kIsKept));
    SKYDEN_ASSIGN_OR_RETURN(text, ReadFile(path));
    if (!text.has_value()) return SystemError("cannot read");
  }
  SKYDEN_ASSIGN_OR_RETURN(std::vector<Key> keys, Parse(*text));
  return std::make_unique<AesSealer>(std::move(keys));
}

absl::Status AddSecretsKey(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(const KeyFile file, ReadKeyFile(path));
  return WriteFile(path, LineOf(NewKey()) + file.text, Existing::kIsReplaced);
}

absl::Status DropOldSecretsKeys(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(const KeyFile file, ReadKeyFile(path));
  return WriteFile(path, LineOf(file.keys.front()), Existing::kIsReplaced);
}

}  // namespace skyden::store
