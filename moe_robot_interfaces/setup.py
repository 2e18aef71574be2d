"""Build the ROS 2 interfaces as a plain Python wheel: no CMake, no colcon.

Runs the rosidl generators that the ROS wheels bring and compiles what they write, in the layers that colcon builds too:

    .msg .srv .action -> .idl -> generator_c -> typesupport_fastrtps_c, typesupport_introspection_c -> typesupport_c
                                                                                  -> generator_py -> Python extension

Everything is generic: name, version and dependencies come from package.xml, the interfaces from msg/ srv/ action/.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import setuptools
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).parent.resolve()
XML = ElementTree.parse(HERE / "package.xml").getroot()
NAME = str(XML.findtext("name"))
VERSION = str(XML.findtext("version"))
KINDS = ("msg", "srv", "action")
INTERFACES = [path.relative_to(HERE) for kind in KINDS for path in sorted((HERE / kind).glob(f"*.{kind}"))]
# What package.xml names, and what every service and action uses without being named.
DEPENDENCIES = sorted(
    {str(tag.text).strip() for tag in XML if tag.tag == "depend"}
    | {"builtin_interfaces", "service_msgs", "action_msgs", "unique_identifier_msgs"}
)
FASTRTPS, INTROSPECTION = "rosidl_typesupport_fastrtps_c", "rosidl_typesupport_introspection_c"
TYPESUPPORTS = [FASTRTPS, INTROSPECTION]
COMPILE = ["-O1", "-w", "-fPIC"]  # conversions of small messages: -O2 doubles the build for nothing measurable


class BuildInterfaces(build_ext):
    """Generates, compiles one library per layer, then the Python extension that loads them."""

    def run(self) -> None:
        try:
            import numpy
            import rosidl_generator_c
        except ImportError as error:
            sys.exit(
                f"{NAME}: {error}. Install the ROS wheels first (pip install -c constraints.txt -r requirements-ros.txt),"
                f" then: pip install --no-build-isolation ./{NAME}"
            )
        prefix = Path(rosidl_generator_c.__file__).parents[4]  # where the wheels put lib/, share/ and include/
        temporary, package = Path(self.build_temp).resolve(), Path(self.build_lib).resolve() / NAME
        for stale in (temporary, package):
            shutil.rmtree(stale, ignore_errors=True)  # else an interface removed since the last build would stay
        self.layers = generate(prefix, temporary, package)

        extension, self.inplace = self.extensions[0], False
        extension.sources = [str(path) for path in package.glob("*.ep.*.c")]
        headers = prefix / "include"
        extension.include_dirs = [
            *(str(temporary / layer) for layer in self.layers),
            str(package.parent),
            numpy.get_include(),
            str(headers),
            *(str(path) for path in headers.iterdir() if path.is_dir()),
        ]
        extension.library_dirs = [str(temporary), str(prefix / "lib")]
        extension.libraries = [f"{NAME}__{layer}" for layer in self.layers] + ros_libraries()
        extension.extra_link_args = ["-Wl,-rpath,$ORIGIN:$ORIGIN/../../..", "-Wl,--no-as-needed", "-s"]
        super().run()

        for source in package.rglob("*.c"):
            source.unlink()
        for kind in KINDS:
            (package / kind / "detail").rmdir()

    def build_extension(self, ext: setuptools.Extension) -> None:
        """First lib<package>__<layer>.so, each linked with the ones before it, then the extension itself."""
        temporary = Path(self.build_temp).resolve()
        built: list[str] = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            include_dirs = ext.include_dirs + self.include_dirs

            def compiled(file: str) -> list[str]:
                return self.compiler.compile(
                    [file], str(temporary), include_dirs=include_dirs, extra_preargs=COMPILE
                )

            objects = {
                layer: list(pool.map(compiled, [file for file in files if file.endswith((".c", ".cpp"))]))
                for layer, files in self.layers.items()
            }
        for layer, parts in objects.items():
            library = f"lib{NAME}__{layer}.so"
            self.compiler.link_shared_object(
                [name for part in parts for name in part],
                str(temporary / library),
                libraries=built + ros_libraries(),
                library_dirs=ext.library_dirs,
                target_lang="c++",
                extra_postargs=[f"-Wl,-soname,{library}", "-Wl,-rpath,$ORIGIN", "-Wl,--as-needed", "-s"],
            )
            built.append(f"{NAME}__{layer}")
            self.distribution.data_files.append(("lib", [str(temporary / library)]))
        super().build_extension(ext)


def generate(prefix: Path, temporary: Path, package: Path) -> dict[str, list[str]]:
    """Run the generators: Python goes to `package`, C to `temporary/<layer>`. Returns layer -> source files, in order."""
    import rosidl_adapter
    import rosidl_generator_c
    import rosidl_generator_py
    import rosidl_generator_type_description
    import rosidl_typesupport_c
    import rosidl_typesupport_fastrtps_c
    import rosidl_typesupport_introspection_c

    share, idl = prefix / "share", temporary / "idl"
    hashes = temporary / "rosidl_generator_type_description" / NAME
    for kind in KINDS:
        (package / kind).mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    relative = [rosidl_adapter.convert_to_idl(HERE, NAME, path, idl).relative_to(idl) for path in INTERFACES]
    common = {
        "package_name": NAME,
        "target_dependencies": [],
        "idl_tuples": [f"{idl}:{path}" for path in relative],
        "ros_interface_dependencies": [f"{name}:{path}" for name in DEPENDENCIES for path in (share / name).glob("*/*.idl")],
        "include_paths": [f"{name}:{share / name}" for name in DEPENDENCIES],
        "ros_interface_files": [str(HERE / path) for path in INTERFACES],
        "type_description_tuples": [f"{path}:{hashes / path.with_suffix('.json')}" for path in relative],
    }

    def arguments(generator: str, output: Path | None = None) -> str:
        """Write the generator's argument file and the visibility headers that its sources include."""
        target = output or temporary / generator / NAME
        templates = share / generator / "resource"
        for kind in KINDS:
            (target / kind / "detail").mkdir(parents=True, exist_ok=True)
        for template in templates.glob("*__visibility_control.h.in"):
            text = template.read_text().replace("@PROJECT_NAME_UPPER@", NAME.upper()).replace("@PROJECT_NAME@", NAME)
            (target / "msg" / template.stem).write_text(text)
        path = temporary / f"{generator}.json"
        path.write_text(json.dumps({**common, "output_dir": str(target), "template_dir": str(templates)}))
        return str(path)

    rosidl_generator_type_description.generate_type_hash(arguments("rosidl_generator_type_description"))
    layers = {
        "rosidl_generator_c": rosidl_generator_c.generate_c(arguments("rosidl_generator_c")),
        FASTRTPS: rosidl_typesupport_fastrtps_c.generate_typesupport_fastrtps_c(arguments(FASTRTPS)),
        INTROSPECTION: rosidl_typesupport_introspection_c.generate_c(arguments(INTROSPECTION)),
        "rosidl_typesupport_c": rosidl_typesupport_c.generate_c(arguments("rosidl_typesupport_c"), TYPESUPPORTS),
        "rosidl_generator_py": rosidl_generator_py.generate_py(
            arguments("rosidl_generator_py", package), ["rosidl_typesupport_c"]
        ),
    }
    layers["rosidl_generator_py"] = [str(path) for path in package.glob("*/*_s.c")]
    return layers


def ros_libraries() -> list[str]:
    """What the layers link with: the runtime, and every layer of every package depended on."""
    layers = ("rosidl_generator_c", "rosidl_generator_py", "rosidl_typesupport_c", *TYPESUPPORTS)
    runtime = ["rosidl_runtime_c", "rosidl_typesupport_c", *TYPESUPPORTS, "fastcdr"]
    return runtime + [f"{name}__{layer}" for name in DEPENDENCIES for layer in layers]


def index_files() -> list[tuple[str, list[str]]]:
    """The two ament index entries, the manifest and the interface files, as colcon would install them."""
    marker, listing = HERE / "resource" / NAME, HERE / "resource" / "rosidl_interfaces" / NAME
    listing.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    listing.write_text("".join(f"{path}\n" for path in INTERFACES))
    index = "share/ament_index/resource_index"
    return [
        (f"{index}/packages", [str(marker.relative_to(HERE))]),
        (f"{index}/rosidl_interfaces", [str(listing.relative_to(HERE))]),
        (f"share/{NAME}", ["package.xml"]),
        *((f"share/{NAME}/{kind}", [str(path) for path in INTERFACES if path.parts[0] == kind]) for kind in KINDS),
    ]


setuptools.setup(
    name=NAME,
    version=VERSION,
    description=str(XML.findtext("description")),
    license=str(XML.findtext("license")),
    python_requires=">=3.10",
    packages=[],
    ext_modules=[setuptools.Extension(f"{NAME}.{NAME}_s__rosidl_typesupport_c", [], extra_compile_args=COMPILE)],
    cmdclass={"build_ext": BuildInterfaces},
    data_files=index_files(),
)
