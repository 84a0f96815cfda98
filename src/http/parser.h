// SPDX-License-Identifier: Apache-2.0
// Bytes to one Request. Bounded; what it refuses, it refuses with a status to answer.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "skyden/http/request.h"

namespace skyden::http {

// Parses one request and is done. Thread-compatible.
class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  RequestParser();

  enum class Outcome { kNeedMore, kComplete, kRefused };
  // Takes a prefix of `data`; `consumed` says how much. The rest must be given again, with more
  // behind it, unless the request is complete.
  Outcome Put(const char* data, size_t size, size_t& consumed);

  // Of kRefused: what to answer before closing.
  int refusal() const { return refusal_; }
  bool started() const { return got_some(); }
  bool has_head() const { return is_header_done(); }
  bool complete() const { return is_done(); }
  // The body is, or is going to be, more than limits::kRequestSmallBodyBytes.
  bool has_large_body() const;
  // The body is wanted: what is announced of it is as good as there.
  void ExpectBody();
  // All but the body. The rest goes on being parsed; what there is of the body stays here.
  Request TakeHead();
  // The client waits for "100 Continue" before it sends its body.
  bool expects_continue() const { return expects_continue_ && is_header_done() && !is_done(); }
  // Of kComplete.
  bool wants_keep_alive() const { return keep_alive(); }
  bool accepts_gzip() const { return accepts_gzip_; }
  bool is_head() const { return is_head_; }
  bool takes_chunks() const { return version_ >= 11; }
  Request& request() { return request_; }

 private:
  using Error = boost::beast::error_code;
  using StringView = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb method, StringView method_text, StringView target,
                       int version, Error& ec) override;
  void on_response_impl(int, StringView, int, Error&) override {}
  void on_field_impl(boost::beast::http::field name, StringView name_text, StringView value,
                     Error& ec) override;
  void on_header_impl(Error& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& content_length, Error& ec) override;
  size_t on_body_impl(StringView body, Error& ec) override;
  void on_chunk_header_impl(std::uint64_t, StringView, Error&) override {}
  size_t on_chunk_body_impl(std::uint64_t remain, StringView body, Error& ec) override;
  void on_finish_impl(Error&) override {}

  void Refuse(int status, Error& ec);
  bool SetTarget(std::string_view target);

  Request request_;
  int version_ = 11;
  int refusal_ = 400;
  int hosts_ = 0;
  size_t header_bytes_ = 0;
  bool authorized_ = false;
  bool header_done_ = false;  // what comes as a field afterwards is a trailer
  bool expects_continue_ = false;
  bool accepts_gzip_ = false;
  bool is_head_ = false;
};

}  // namespace skyden::http
