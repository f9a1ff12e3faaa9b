#include "tls/certificate_request.h"

#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/certificate/certificate.h"
#include "cli/certificate/installation_report.h"
#include "cli/certificate/new_key_arguments.h"
#include "cli/certificate/pending_key.h"
#include "cli/certificate/policy_certificates.h"
#include "cli/output_file.h"

namespace portcullis {
namespace {

struct RequestArguments : NewKeyArguments {
  std::optional<std::string> output;
  bool force = false;
};

Report unanswered(const std::string& pending) {
  return failure(ExitCode::bad_data,
                 fmt::format("{} is the key of a request that has not been answered: import its "
                             "certificate, or give --force to forget it",
                             pending));
}

Report told(const CommonOptions& options, const RequestArguments& arguments,
            const std::vector<std::string>& hosts, const std::string& key_file,
            const NewRequest& made) {
  if (options.json) {
    return {ExitCode::ok,
            json_text({{"name", arguments.name},
                       {"key_file", key_file},
                       {"key_type", kKeyTypeNames[static_cast<std::size_t>(arguments.type)]},
                       {"hosts", hosts},
                       {"output", arguments.output ? Json(*arguments.output) : Json()},
                       {"request", made.request}}),
            {}};
  }
  const std::string next = fmt::format(
      "portcullis: the key is in {}; send the request to an authority, then\n"
      "    portcullis certificate import {} --certificate FILE\n",
      shown(key_file), shown(arguments.name));
  return {ExitCode::ok, arguments.output ? std::string() : made.request, next};
}

Report request(const CommonOptions& options, const RequestArguments& arguments) {
  const auto named = find_certificate(options, arguments.name);
  if (!named) return named.error();
  const auto hosts = hosts_wanted(arguments, named->files);
  if (!hosts) return hosts.error();
  // Where no key may be put none is to wait for it either.
  if (const auto found = check_place(named->files); found.has_errors()) {
    return not_installed(options, *named, found);
  }
  const std::string pending = pending_key_of(named->files);
  const auto made = make_request(arguments.type, *hosts);
  if (!made) return failure(ExitCode::internal, "OpenSSL could not make a key");
  const auto refused = [&](const Diagnostic& why) {
    Diagnostics found;
    found.add(why);
    return not_installed(options, *named, found);
  };
  auto key = PendingKey::open(pending);
  if (!key) return refused(key.error());
  // A key that waits for its certificate is gone for good when it is overwritten.
  if (key->is_there() && !arguments.force) return unanswered(pending);
  if (auto written = key->replace(made->key.view()); !written) return refused(written.error());
  if (arguments.output) {
    if (auto written = write_output(*arguments.output, made->request); !written) {
      key->take_back();
      return written.error();
    }
  }
  key->keep();
  return told(options, arguments, *hosts, pending, *made);
}

}  // namespace

void add_certificate_request(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<RequestArguments>();
  Command& command = add_with_keys(
      commands, group, "request", "Make a new key, and a request for a certificate of it",
      [arguments](const CommonOptions& options) { return request(options, *arguments); });
  add_new_key_options(command, *arguments);
  command
      .add_option("--output", arguments->output, "Where the request goes; default: it is printed")
      ->type_name("FILE");
  command.add_flag("--force", arguments->force, "Forget the key of the request before");
}

}  // namespace portcullis
