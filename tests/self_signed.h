// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace skyden {

// Writes a fresh self-signed certificate for `alt_name` ("DNS:a.example", "IP:127.0.0.1") and its
// key as PEM files, with the openssl command. False when that fails.
bool MakeSelfSigned(const std::string& alt_name, const std::string& certificate_file,
                    const std::string& key_file);

}  // namespace skyden
