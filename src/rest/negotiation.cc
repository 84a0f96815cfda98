// SPDX-License-Identifier: Apache-2.0
#include "rest/negotiation.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "skyden/http/uri.h"

namespace skyden::rest {
namespace {

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// Whether one of the comma-separated media types of `value` passes; parameters do not count.
template <class Fn>
bool AnyMediaType(std::string_view value, Fn passes) {
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    const std::string_view item = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (passes(Trim(item.substr(0, item.find(';'))))) return true;
  }
  return false;
}

// Kuma compares the texts, so case counts.
bool IsJson(std::string_view media_type) { return media_type == "application/json"; }
bool IsProblem(std::string_view media_type) { return media_type == "application/problem+json"; }
bool IsJsonOrAny(std::string_view media_type) {
  return media_type == "*/*" || IsJson(media_type) || IsProblem(media_type);
}

bool UsuallyWithoutBody(const http::Request& request) {
  return request.method != http::Method::kPost && request.method != http::Method::kPut &&
         request.method != http::Method::kPatch;
}

// The first value of a header that proxies append to.
std::optional<std::string_view> FirstOf(const http::Request& request, std::string_view name) {
  const auto value = request.Find(name);
  if (!value) return std::nullopt;
  const std::string_view first = Trim(value->substr(0, value->find(',')));
  if (first.empty()) return std::nullopt;
  return first;
}

bool IsHostLike(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// As queries are written: like PercentEncode, but a space is a plus.
std::string QueryEscape(std::string_view text) {
  std::string escaped;
  for (;;) {
    const size_t space = text.find(' ');
    escaped.append(http::PercentEncode(text.substr(0, space)));
    if (space == std::string_view::npos) return escaped;
    escaped.push_back('+');
    text.remove_prefix(space + 1);
  }
}

}  // namespace

std::optional<int> RefusedRepresentation(const http::Request& request) {
  const auto content_type = request.Find("content-type");
  if (content_type && !content_type->empty()) {
    if (!AnyMediaType(*content_type, IsJson)) return 415;
  } else if (!UsuallyWithoutBody(request)) {
    return 415;
  }
  const auto accept = request.Find("accept");
  if (accept && !accept->empty() && !AnyMediaType(*accept, IsJsonOrAny)) return 406;
  return std::nullopt;
}

bool TakesProblems(const http::Request& request) {
  return AnyMediaType(request.Find("accept").value_or(""), IsProblem);
}

std::string ExternalOrigin(const http::Request& request,
                           const std::vector<std::string>& trusted_proxies) {
  std::string_view scheme = request.tls ? "https" : "http";
  std::string_view host = request.Find("host").value_or("");
  if (std::find(trusted_proxies.begin(), trusted_proxies.end(), request.peer_ip) !=
      trusted_proxies.end()) {
    const auto forwarded_scheme = FirstOf(request, "x-forwarded-proto");
    if (forwarded_scheme == "http" || forwarded_scheme == "https") scheme = *forwarded_scheme;
    const auto forwarded_host = FirstOf(request, "x-forwarded-host");
    if (forwarded_host) host = *forwarded_host;
  }
  if (!IsHostLike(host)) host = "";
  std::string origin(scheme);
  origin.append("://");
  origin.append(host);
  return origin;
}

// Proxies append: the last address that is no proxy of ours is the first that a proxy of ours saw.
std::string CallerAddress(const http::Request& request,
                          const std::vector<std::string>& trusted_proxies) {
  const auto trusted = [&](std::string_view ip) {
    return std::find(trusted_proxies.begin(), trusted_proxies.end(), ip) != trusted_proxies.end();
  };
  if (!trusted(request.peer_ip)) return request.peer_ip;
  constexpr size_t kAddressBytes = 45;
  std::string_view chain = request.Find("x-forwarded-for").value_or("");
  while (!chain.empty()) {
    const size_t comma = chain.rfind(',');
    std::string_view last = comma == std::string_view::npos ? chain : chain.substr(comma + 1);
    chain = comma == std::string_view::npos ? std::string_view() : chain.substr(0, comma);
    while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
    while (!last.empty() && last.back() == ' ') last.remove_suffix(1);
    const bool is_address =
        !last.empty() && last.size() <= kAddressBytes &&
        last.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
    if (!is_address) break;
    if (!trusted(last)) return std::string(last);
  }
  return request.peer_ip;
}

std::string NextLink(const http::Request& request, const std::vector<std::string>& trusted_proxies,
                     size_t offset) {
  std::string link = ExternalOrigin(request, trusted_proxies);
  link.append(request.path);
  std::multimap<std::string, std::string> pairs;  // sorted by key; equal keys keep their order
  const http::Query query(request.query);
  for (const auto& [key, value] : query.pairs()) {
    if (key != "offset") pairs.emplace(key, value);
  }
  pairs.emplace("offset", std::to_string(offset));
  char separator = '?';
  for (const auto& [key, value] : pairs) {
    link.push_back(std::exchange(separator, '&'));
    link.append(QueryEscape(key));
    link.push_back('=');
    link.append(QueryEscape(value));
  }
  return link;
}

}  // namespace skyden::rest
