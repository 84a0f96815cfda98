// SPDX-License-Identifier: Apache-2.0
#include "kds/node_metadata.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "kds/json_scan.h"
#include "kds/refusal_text.h"
#include "kds/wire.h"
#include "skyden/base/hex.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

// google.protobuf.Struct { map<string, Value> fields = 1 },
// Value { string string_value = 3, Struct struct_value = 5, ListValue list_value = 6 }.
std::string_view StringOf(std::string_view value) { return wire::FindBytes(value, 3); }

template <class Fn>
bool ForEachField(std::string_view bytes, Fn fn) {
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) fn(wire::FindBytes(field.bytes, 1), wire::FindBytes(field.bytes, 2));
  }
  return reader.ok();
}

Features ReadFeatures(std::string_view value) {
  Features features = 0;
  wire::Reader reader(wire::FindBytes(value, 6));
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) features |= FeatureOf(StringOf(field.bytes));
  }
  return features;
}

void ReadVersion(std::string_view value, NodeMetadata& metadata) {
  ForEachField(wire::FindBytes(value, 5), [&](std::string_view key, std::string_view kuma_cp) {
    if (key != "kumaCp") return;
    ForEachField(wire::FindBytes(kuma_cp, 5), [&](std::string_view name, std::string_view text) {
      if (name == "version") metadata.version = StringOf(text);
      if (name == "gitTag") metadata.git_tag = StringOf(text);
      if (name == "gitCommit") metadata.git_commit = StringOf(text);
      if (name == "buildDate") metadata.build_date = StringOf(text);
    });
  });
}

void Cut(std::string& text) {
  if (text.size() > base::limits::kZoneTextBytes) text.resize(base::limits::kZoneTextBytes);
}

// [begin, end) of the userinfo inside a URL, or empty.
std::string_view UserInfo(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  return at == std::string_view::npos ? std::string_view() : authority.substr(0, at);
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && base::HexValue(text[i + 1]) >= 0 &&
        base::HexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(base::HexValue(text[i + 1]) * 16 + base::HexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<std::string_view> GlobalAddress(std::string_view config) {
  return JsonPath(config, {"multizone", "zone", "globalAddress"});
}

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  if (what.empty()) return;
  size_t at = 0;
  while ((at = text.find(what, at)) != std::string::npos) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

// Nobody means less: it would be a zone that takes nothing.
constexpr size_t kMessageBytesMin = 64u << 10;

size_t ReadMessageBytesMax(std::string_view config) {
  const auto text = JsonPath(config, {"multizone", "zone", "kds", "maxMsgSize"});
  uint64_t bytes = 0;
  if (!text.has_value()) return base::limits::kKdsMessageBytes;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), bytes);
  if (error == std::errc::result_out_of_range) return base::limits::kKdsFirstStateBytes;
  if (error != std::errc() || end != text->data() + text->size()) {
    return base::limits::kKdsMessageBytes;
  }
  return std::clamp<size_t>(bytes, kMessageBytesMin, base::limits::kKdsFirstStateBytes);
}

// Reads "2.14" of "2.14.3" and of "2.14.3-rc.1+build"; false for anything that does not begin with
// three plain numbers.
bool MajorMinor(std::string_view version, int& major, int& minor) {
  int* const parts[] = {&major, &minor, nullptr};
  for (int i = 0; i < 3; ++i) {
    int ignored = 0;
    int& part = parts[i] == nullptr ? ignored : *parts[i];
    const auto [end, error] =
        std::from_chars(version.data(), version.data() + version.size(), part);
    if (error != std::errc()) return false;
    version.remove_prefix(static_cast<size_t>(end - version.data()));
    if (i < 2) {
      if (version.empty() || version.front() != '.') return false;
      version.remove_prefix(1);
    }
  }
  return version.empty() || version.front() == '-' || version.front() == '+';
}

}  // namespace

absl::StatusOr<NodeMetadata> ReadNodeMetadata(std::string_view bytes) {
  NodeMetadata metadata;
  const bool ok = ForEachField(bytes, [&](std::string_view key, std::string_view value) {
    if (key == "version") ReadVersion(value, metadata);
    if (key == "config") metadata.config = StringOf(value);
    if (key == "control-plane-id") metadata.instance_id = StringOf(value);
    if (key == "features") metadata.features = ReadFeatures(value);
  });
  if (!ok) return absl::InvalidArgumentError("node.metadata does not decode");
  metadata.message_bytes_max = ReadMessageBytesMax(metadata.config);
  Cut(metadata.version);
  Cut(metadata.git_tag);
  Cut(metadata.git_commit);
  Cut(metadata.build_date);
  Cut(metadata.instance_id);
  return metadata;
}

std::optional<Credential> CredentialIn(std::string_view config) {
  const auto raw = GlobalAddress(config);
  if (!raw.has_value()) return std::nullopt;
  const auto url = JsonString(*raw);
  if (!url.has_value()) return std::nullopt;
  const std::string_view user_info = UserInfo(*url);
  const size_t colon = user_info.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Credential{PercentDecode(user_info.substr(0, colon)),
                    PercentDecode(user_info.substr(colon + 1))};
}

std::string MaskCredential(std::string_view config) {
  std::string masked(config);
  const auto raw = GlobalAddress(config);
  const auto url = raw.has_value() ? JsonString(*raw) : std::nullopt;
  if (!url.has_value()) return masked;
  const std::string_view user_info = UserInfo(*url);
  if (user_info.empty()) return masked;
  // An address with escapes in it is written anew, without its userinfo: no form of the secret may
  // stay. Kuma writes none.
  if (raw->find('\\') != std::string_view::npos) {
    masked.replace(static_cast<size_t>(raw->data() - config.data()), raw->size(), "\"*****\"");
  }
  const size_t colon = user_info.find(':');
  const std::string_view secret =
      colon == std::string_view::npos ? user_info : user_info.substr(colon + 1);
  ReplaceAll(masked, secret, kMask);
  ReplaceAll(masked, PercentDecode(secret), kMask);
  return masked;
}

bool VersionIsCompatible(std::string_view zone_version, model::KumaVersion global) {
  // In one line, as if 3.0 were called 2.15, and so on.
  constexpr int kMajor = 2, kLastMinor = 14;
  struct Range {
    int first, last;
  };
  constexpr model::ByVersion<Range> kTaken = {{{{12, 16}, {14, 17}}}};
  const Range& taken = kTaken[global];
  int major = 0, minor = 0;
  const bool is_preview = zone_version.find("preview") != std::string_view::npos;
  if (is_preview || !MajorMinor(zone_version, major, minor)) return true;
  const int place = major == kMajor + 1 ? kLastMinor + 1 + minor : minor;
  return (major == kMajor || major == kMajor + 1) && place >= taken.first && place <= taken.last;
}

}  // namespace skyden::kds
