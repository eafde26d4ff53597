"""An aspect that lints C++ targets with torch-tidy.

    bazel build //... --aspects=@torch_tidy//:torch_tidy.bzl%torch_tidy_aspect --output_groups=torch_tidy_reports

It writes a JSON report for each source, which `torch-tidy merge` makes one report of. docs/using/bazel.md tells how to
set it up; BUILD.bazel has the settings.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

_SOURCE_EXTENSIONS = ["cc", "cpp", "cxx", "c++", "C", "cu"]

# A target with this tag is left alone.
_SKIP_TAG = "no-torch-tidy"

# Along these a source's questions are answered.
_DEPENDENCIES = ["deps", "implementation_deps"]

# A target's sources and those of what it depends on, as others are read with them behind.
_UnitsInfo = provider(
    "Sources and what compiles them.",
    fields = {
        "databases": "Each target's part of a compilation database: the target's own first, then the nearest.",
        "included": "What the sources may include.",
        "sources": "What is compiled.",
    },
)

_SettingInfo = provider("The value of a setting.", fields = ["value"])

def _setting_impl(ctx):
    return _SettingInfo(value = ctx.build_setting_value)

bool_flag = rule(implementation = _setting_impl, build_setting = config.bool(flag = True))
string_flag = rule(implementation = _setting_impl, build_setting = config.string(flag = True))
string_list_flag = rule(implementation = _setting_impl, build_setting = config.string_list(flag = True))

def _targets(ctx, attributes):
    """Those that the rule names in attributes, of whatever kind the rule made these."""
    found = []
    for attribute in attributes:
        value = getattr(ctx.rule.attr, attribute, None)
        values = value if type(value) in ["list", "dict"] else [value]
        found += [target for target in values if type(target) == "Target"]
    return found

def _sources(ctx):
    files = []
    for src in _targets(ctx, ["srcs"]):
        files += [f for f in src.files.to_list() if f.extension in _SOURCE_EXTENSIONS and f not in files]
    return files

def _compilation_context(target, ctx):
    """The target's, with the headers that it alone sees."""
    infos = [source[CcInfo] for source in [target] + _targets(ctx, ["implementation_deps"]) if CcInfo in source]
    return cc_common.merge_cc_infos(cc_infos = infos).compilation_context

def _copts(ctx):
    """The target's, as Bazel's own rules read them: labels, then Make variables, then a shell's quotes."""
    labeled = {}
    for dependency in _targets(ctx, ["srcs", "hdrs", "textual_hdrs", "data", "additional_compiler_inputs"] + _DEPENDENCIES):
        labeled[dependency.label] = dependency
    flags = []
    for copt in getattr(ctx.rule.attr, "copts", []):
        located = ctx.expand_location(copt, labeled.values())
        flags += ctx.tokenize(ctx.expand_make_variables("copts", located, {}))
    return flags

def _compile_flags(ctx, cc_toolchain, compilation_context, local_defines):
    """What the toolchain would pass to the compiler for a C++ source of the target, without files."""
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    cpp = ctx.fragments.cpp
    variables = cc_common.create_compile_variables(
        cc_toolchain = cc_toolchain,
        feature_configuration = features,
        include_directories = compilation_context.includes,
        quote_include_directories = compilation_context.quote_includes,
        system_include_directories = compilation_context.system_includes,
        preprocessor_defines = depset(transitive = [compilation_context.defines, local_defines]),
        user_compile_flags = cpp.copts + cpp.cxxopts + _copts(ctx),
    )
    return cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.cpp_compile,
        variables = variables,
    )

# A repository around Bazel's output must not be taken for the project: paths are seen from the workspace.
_PRINT_FINDINGS = """
export GIT_CEILING_DIRECTORIES=${PWD%/*}
program=$1 report=$2 text=$3
shift 3
"$program" merge --settings-file= "$@" "$report" > "$text" && exit
status=$?
cat "$text"
exit $status
"""

def _program_path(ctx):
    """The shell looks for a name without a slash in PATH."""
    path = ctx.executable._program.path
    return path if "/" in path else "./" + path

def _database(ctx, label, sources, flags):
    """The target's part of a compilation database, for check.sh."""
    part = ctx.actions.declare_file("{}.torch-tidy/commands.txt".format(label.name))
    entries = [
        json.encode({"arguments": ["clang++"] + flags + [source.path], "file": source.path})
        for source in sources
    ]
    ctx.actions.write(part, "".join([entry[1:] + "\n" for entry in entries]))
    return part

def _units(ctx, label, sources, flags, inputs):
    """The target's and those of what it depends on; none if there is no source, or if each is read alone."""
    if not ctx.attr._cross_tu[_SettingInfo].value:
        return None
    behind = [dependency[_UnitsInfo] for dependency in _targets(ctx, _DEPENDENCIES) if _UnitsInfo in dependency]
    if not sources and not behind:
        return None
    return _UnitsInfo(
        databases = depset(
            [_database(ctx, label, sources, flags)] if sources else [],
            transitive = [units.databases for units in behind],
            order = "preorder",
        ),
        included = depset(transitive = inputs + [units.included for units in behind]),
        sources = depset(sources, transitive = [units.sources for units in behind]),
    )

def _path_of_source(file):
    return file.path if file.extension in _SOURCE_EXTENSIONS else None

def _lint(ctx, label, source, flags, inputs, units):
    """One source's report. Findings do not fail the action; a source that cannot be checked does."""
    report = ctx.actions.declare_file("{}.torch-tidy/{}.torch-tidy.json".format(label.name, source.short_path.replace("../", "")))
    unused = ctx.actions.declare_file(report.basename + ".unused", sibling = report)
    cache_dir = ctx.attr._cache_dir[_SettingInfo].value
    inputs = depset([source, ctx.file._config], transitive = inputs)
    arguments = ctx.actions.args()
    arguments.add(_program_path(ctx))
    arguments.add(report)
    arguments.add(unused)
    if units:
        arguments.add_all(units.databases)
    arguments.add("--")
    if units:
        arguments.add_all(units.sources)
    arguments.add("--")
    arguments.add_all(inputs, map_each = _path_of_source)
    arguments.add("--")
    arguments.add_all(["--quiet", "--exit-zero", "-j1", "--settings-file="])
    arguments.add(ctx.file._config, format = "--config-file=%s")
    arguments.add("--cache-dir=" + cache_dir if cache_dir else "--no-cache")
    arguments.add(report, format = "--output-format=json:%s")
    arguments.add_all(ctx.attr._options[_SettingInfo].value)
    arguments.add(source)
    if not units:
        arguments.add("--")
        arguments.add_all(flags)
    ctx.actions.run(
        mnemonic = "TorchTidy",
        progress_message = "Linting {}".format(source.short_path),
        executable = ctx.executable._check,
        arguments = [arguments],
        tools = [ctx.executable._program],
        inputs = depset(transitive = [inputs] + ([units.databases, units.sources, units.included] if units else [])),
        outputs = [report, unused],
        # A source that asks nothing of others need not be linted again when they change.
        unused_inputs_list = unused,
        use_default_shell_env = True,
    )
    return report

def _require_clean(ctx, report):
    """An action that fails, and prints, if the report has findings that count."""
    text = ctx.actions.declare_file(report.basename + ".txt", sibling = report)
    ctx.actions.run_shell(
        mnemonic = "TorchTidyFindings",
        progress_message = "Looking for findings in {}".format(report.short_path),
        command = _PRINT_FINDINGS,
        arguments = [_program_path(ctx), report.path, text.path] +
                    [option for option in ctx.attr._options[_SettingInfo].value if option.startswith("--fail-on=")],
        tools = [ctx.executable._program],
        inputs = [report],
        outputs = [text],
        use_default_shell_env = True,
    )
    return text

def _torch_tidy_aspect_impl(target, ctx):
    # Other repositories are not the project: what only they build with is not looked at.
    if CcInfo not in target or target.label.workspace_name:
        return []
    if _SKIP_TAG in getattr(ctx.rule.attr, "tags", []):
        units = _units(ctx, target.label, [], [], [])
        return [units] if units else []
    sources = _sources(ctx)
    flags = []
    inputs = []
    if sources:
        cc_toolchain = find_cpp_toolchain(ctx)
        compilation_context = _compilation_context(target, ctx)
        local_defines = target[CcInfo].compilation_context.local_defines
        flags = _compile_flags(ctx, cc_toolchain, compilation_context, local_defines)
        inputs = [compilation_context.headers, cc_toolchain.all_files]
        inputs += [extra.files for extra in _targets(ctx, ["additional_compiler_inputs"])]
    units = _units(ctx, target.label, sources, flags, inputs)
    reports = [_lint(ctx, target.label, source, flags, inputs, units) for source in sources]
    outputs = list(reports)
    if ctx.attr._fail_on_findings[_SettingInfo].value:
        outputs += [_require_clean(ctx, report) for report in reports]
    return [OutputGroupInfo(torch_tidy_reports = depset(outputs))] + ([units] if units else [])

torch_tidy_aspect = aspect(
    implementation = _torch_tidy_aspect_impl,
    attr_aspects = _DEPENDENCIES,
    attrs = {
        "_cache_dir": attr.label(default = "//:cache_dir"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_check": attr.label(default = "//:check.sh", executable = True, allow_single_file = True, cfg = "exec"),
        "_config": attr.label(default = "//:config", allow_single_file = True),
        "_cross_tu": attr.label(default = "//:cross_tu"),
        "_fail_on_findings": attr.label(default = "//:fail_on_findings"),
        "_options": attr.label(default = "//:options"),
        "_program": attr.label(default = "//:program", executable = True, allow_single_file = True, cfg = "exec"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
