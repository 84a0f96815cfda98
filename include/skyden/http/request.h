// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace skyden::http {

// A HEAD request arrives as kGet with method_text "HEAD"; its answer's body is not sent.
enum class Method { kGet, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct Header {
  std::string name;  // as received; compare without case
  std::string value;
};

class Session;

// One request. Values are as received, percent-decoding is the router's.
struct Request {
  Method method = Method::kOther;
  std::string method_text;
  std::string target;  // path and query as sent; begins with '/' (or is "*")
  std::string path;    // up to '?', not decoded
  std::string query;   // after '?', not decoded
  std::vector<Header> headers;
  std::string body;
  // Bodies::kOnDemand: the body is not there yet. Without TakeBody it is never read.
  bool body_waits = false;
  std::string peer_ip;
  bool tls = false;
  // The caller's x-request-id where it is a sane one, else made here. Goes to logs and answers.
  std::string request_id;

  // First value of a header, or nullopt. Case-insensitive.
  std::optional<std::string_view> Find(std::string_view name) const;

  // Has `fn` called, once, when the client hangs up before it is answered. For requests that take
  // others' time; at most once each. `fn` runs on an io thread: it must only hand over.
  void WhenClientGoes(absl::AnyInvocable<void()> fn) const;
  // Has a body that waits read, as part of `share` (see limits::kRequestBytesPerShare), and calls
  // `fn` with it, on an io thread: it must only hand over. At most once. When it does not arrive,
  // the server answers and drops `fn`.
  void TakeBody(std::string share, absl::AnyInvocable<void(std::string body)> fn) const;
  std::weak_ptr<Session> session;  // it came by this one,
  uint64_t serial = 0;             // as its how manieth
};

}  // namespace skyden::http
