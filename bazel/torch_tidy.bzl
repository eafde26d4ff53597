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

_SettingInfo = provider("The value of a setting.", fields = ["value"])

def _setting_impl(ctx):
    return _SettingInfo(value = ctx.build_setting_value)

bool_flag = rule(implementation = _setting_impl, build_setting = config.bool(flag = True))
string_flag = rule(implementation = _setting_impl, build_setting = config.string(flag = True))
string_list_flag = rule(implementation = _setting_impl, build_setting = config.string_list(flag = True))

def _sources(ctx):
    files = []
    for src in getattr(ctx.rule.attr, "srcs", []):
        files += [f for f in src.files.to_list() if f.extension in _SOURCE_EXTENSIONS]
    return files

def _compilation_context(target, ctx):
    """The target's, with the headers that it alone sees."""
    dependencies = getattr(ctx.rule.attr, "implementation_deps", [])
    infos = [source[CcInfo] for source in [target] + dependencies if CcInfo in source]
    return cc_common.merge_cc_infos(cc_infos = infos).compilation_context

def _copts(ctx):
    """The target's, as Bazel's own rules read them: labels, then Make variables, then a shell's quotes."""
    labeled = {}
    for attribute in ["srcs", "hdrs", "textual_hdrs", "data", "deps", "implementation_deps", "additional_compiler_inputs"]:
        for dependency in getattr(ctx.rule.attr, attribute, []):
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
_HERE = """
export GIT_CEILING_DIRECTORIES=${PWD%/*}
"""

# Bazel throws away what an action wrote that fails: why it did has to be printed.
_CHECK = _HERE + """
program=$1 report=$2
shift 2
"$program" check "$@" && exit
status=$?
[ ! -f "$report" ] || "$program" merge --settings-file= "$report"
exit $status
"""

_PRINT_FINDINGS = _HERE + """
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

def _lint(ctx, label, source, flags, inputs):
    """One source's report. Findings do not fail the action; a source that cannot be checked does."""
    report = ctx.actions.declare_file("{}.torch-tidy/{}.torch-tidy.json".format(label.name, source.short_path.replace("../", "")))
    cache_dir = ctx.attr._cache_dir[_SettingInfo].value
    arguments = ctx.actions.args()
    arguments.add(_program_path(ctx))
    arguments.add(report)
    arguments.add_all(["--quiet", "--exit-zero", "-j1", "--settings-file="])
    arguments.add(ctx.file._config, format = "--config-file=%s")
    arguments.add("--cache-dir=" + cache_dir if cache_dir else "--no-cache")
    arguments.add(report, format = "--output-format=json:%s")
    arguments.add_all(ctx.attr._options[_SettingInfo].value)
    arguments.add(source)
    arguments.add("--")
    arguments.add_all(flags)
    ctx.actions.run_shell(
        mnemonic = "TorchTidy",
        progress_message = "Linting {}".format(source.short_path),
        command = _CHECK,
        arguments = [arguments],
        tools = [ctx.executable._program],
        inputs = depset([source, ctx.file._config], transitive = inputs),
        outputs = [report],
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
    if CcInfo not in target or _SKIP_TAG in getattr(ctx.rule.attr, "tags", []):
        return []
    cc_toolchain = find_cpp_toolchain(ctx)
    compilation_context = _compilation_context(target, ctx)
    local_defines = target[CcInfo].compilation_context.local_defines
    flags = _compile_flags(ctx, cc_toolchain, compilation_context, local_defines)
    inputs = [compilation_context.headers, cc_toolchain.all_files]
    inputs += [extra.files for extra in getattr(ctx.rule.attr, "additional_compiler_inputs", [])]
    reports = [_lint(ctx, target.label, source, flags, inputs) for source in _sources(ctx)]
    outputs = list(reports)
    if ctx.attr._fail_on_findings[_SettingInfo].value:
        outputs += [_require_clean(ctx, report) for report in reports]
    return [OutputGroupInfo(torch_tidy_reports = depset(outputs))]

torch_tidy_aspect = aspect(
    implementation = _torch_tidy_aspect_impl,
    attrs = {
        "_cache_dir": attr.label(default = "//:cache_dir"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_config": attr.label(default = "//:config", allow_single_file = True),
        "_fail_on_findings": attr.label(default = "//:fail_on_findings"),
        "_options": attr.label(default = "//:options"),
        "_program": attr.label(default = "//:program", executable = True, allow_single_file = True, cfg = "exec"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
