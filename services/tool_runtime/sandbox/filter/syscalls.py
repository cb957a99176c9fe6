"""Numbers of the system calls that the filter speaks of, per architecture.

Hand-kept so that the filter needs no library at run time; a test compares every number with libseccomp's.
A call that an architecture lacks is absent from its table. Calls newer than most libraries stand in `COMMON`:
since Linux 5.1 a new call has one number everywhere.
"""

COMMON: dict[str, int] = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    "memfd_secret": 447,
    "set_mempolicy_home_node": 450,
    "setxattrat": 463,
    "open_tree_attr": 467,
}

_X86_64 = """
mmap 9 connect 42 sendto 44 sendmsg 46 sendmmsg 307 fcntl 72 prctl 157 inotify_init 253 inotify_init1 294 seccomp 317
setxattr 188 lsetxattr 189 fsetxattr 190
shmget 29 shmat 30 shmctl 31 socket 41 socketpair 53 setsockopt 54 clone 56 semget 64 msgget 68 msgsnd 69 msgrcv 70
msgctl 71 ioctl 16 ptrace 101 syslog 103 mknod 133 uselib 134 personality 135 ustat 136 sysfs 139 setpriority 141
sched_setparam 142 sched_setscheduler 144 vhangup 153 modify_ldt 154 pivot_root 155 _sysctl 156 adjtimex 159
chroot 161 acct 163 settimeofday 164 mount 165 umount2 166 swapon 167 swapoff 168 reboot 169 sethostname 170
setdomainname 171 iopl 172 ioperm 173 create_module 174 init_module 175 delete_module 176 get_kernel_syms 177
query_module 178 quotactl 179 nfsservctl 180 sched_setaffinity 203 io_setup 206 lookup_dcookie 212 remap_file_pages 216
clock_settime 227 mbind 237 set_mempolicy 238 mq_open 240 kexec_load 246 add_key 248 request_key 249 keyctl 250
ioprio_set 251 migrate_pages 256 mknodat 259 unshare 272 vmsplice 278 move_pages 279 perf_event_open 298
fanotify_init 300 fanotify_mark 301 prlimit64 302 name_to_handle_at 303 open_by_handle_at 304 clock_adjtime 305
setns 308 process_vm_readv 310 process_vm_writev 311 kcmp 312 finit_module 313 sched_setattr 314 memfd_create 319
kexec_file_load 320 bpf 321 userfaultfd 323
"""

_AARCH64 = """
connect 203 sendto 206 sendmsg 211 sendmmsg 269 fcntl 25 inotify_init1 26 prctl 167 mmap 222 seccomp 277
setxattr 5 lsetxattr 6 fsetxattr 7
io_setup 0 lookup_dcookie 18 ioctl 29 ioprio_set 30 mknodat 33 umount2 39 mount 40 pivot_root 41 nfsservctl 42 chroot 51
vhangup 58 quotactl 60 vmsplice 75 acct 89 personality 92 unshare 97 kexec_load 104 init_module 105
delete_module 106 clock_settime 112 syslog 116 ptrace 117 sched_setparam 118 sched_setscheduler 119
sched_setaffinity 122 setpriority 140 reboot 142 sethostname 161 setdomainname 162 settimeofday 170 adjtimex 171
mq_open 180 msgget 186 msgctl 187 msgrcv 188 msgsnd 189 semget 190 shmget 194 shmctl 195 shmat 196 socket 198
socketpair 199 setsockopt 208 add_key 217 request_key 218 keyctl 219 clone 220 swapon 224 swapoff 225
remap_file_pages 234 mbind 235 set_mempolicy 237 migrate_pages 238 move_pages 239 perf_event_open 241
prlimit64 261 fanotify_init 262 fanotify_mark 263 name_to_handle_at 264 open_by_handle_at 265 clock_adjtime 266
setns 268 process_vm_readv 270 process_vm_writev 271 kcmp 272 finit_module 273 sched_setattr 274 memfd_create 279
bpf 280 userfaultfd 282 kexec_file_load 294
"""


def _table(text: str) -> dict[str, int]:
    words = text.split()
    return {name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)} | COMMON


X86_64: dict[str, int] = _table(_X86_64)
AARCH64: dict[str, int] = _table(_AARCH64)
