/* The EFI guest: an application that says on COM1 which disk the firmware
 * booted and how often it ran on this machine, "@EFIBOOTED NAME n=1", and then
 * halts. It keeps the count in a variable of the firmware. The file is a PE
 * image by hand, as `ld --oformat=binary` leaves it; mkefi.sh puts the name in. */
    .code64
    .text
    .globl _start
_start:
    .ascii "MZ"
    .org 0x3c
    .long pe - _start
pe:
    .ascii "PE\0\0"
    .word 0x8664 /* x86-64 */
    .word 1      /* sections */
    .long 0, 0, 0
    .word sections - optional
    .word 0x206
optional:
    .word 0x20b
    .byte 0, 0
    .long 0x1000, 0, 0 /* code, data, zeroes */
    .long 0x1000 + (entry - code)
    .long 0x1000
    .quad 0
    .long 0x1000, 0x200 /* alignment in memory, in the file */
    .word 0, 0, 0, 0, 0, 0
    .long 0
    .long 0x2000, 0x200 /* the image, its headers */
    .long 0
    .word 10 /* an EFI application */
    .word 0
    .quad 0x10000, 0x10000, 0x10000, 0
    .long 0, 6
    .fill 6, 8, 0
sections:
    .ascii ".text\0\0\0"
    .long 0x1000, 0x1000, 0x400, 0x200 /* size, place, in the file */
    .long 0, 0
    .word 0, 0
    .long 0xe0000020 /* code that is read, written and run */
    .org 0x200
code:
entry:
    pushq %rbx
    subq $64, %rsp
    movq 88(%rdx), %rbx /* runtime services */
    leaq variable(%rip), %rcx
    leaq vendor(%rip), %rdx
    xorl %r8d, %r8d
    leaq size(%rip), %r9
    leaq count(%rip), %rax
    movq %rax, 32(%rsp)
    call *72(%rbx) /* GetVariable; the count stays 0 when there is none */
    incb count(%rip)
    leaq variable(%rip), %rcx
    leaq vendor(%rip), %rdx
    movl $7, %r8d /* kept, and seen by everyone */
    movl $1, %r9d
    leaq count(%rip), %rax
    movq %rax, 32(%rsp)
    call *88(%rbx) /* SetVariable */
    leaq booted(%rip), %rsi
    call puts
    leaq name(%rip), %rsi
    call puts
    movb count(%rip), %al
    addb $'0', %al
    movb %al, digit(%rip)
    leaq number(%rip), %rsi
    call puts
halt:
    hlt
    jmp halt
puts:
    lodsb
    testb %al, %al
    jz done
    movb %al, %ah
    movw $0x3fd, %dx
busy:
    inb %dx, %al
    testb $0x20, %al
    jz busy
    movb %ah, %al
    movw $0x3f8, %dx
    outb %al, %dx
    jmp puts
done:
    ret
    .balign 16
vendor:
    .long 0x6b1d7c52
    .word 0x4c1e, 0x4a6b
    .byte 0x9d, 0x3e, 0x52, 0x6f, 0x6f, 0x73, 0x74, 0x21
size:
    .quad 1
variable:
    .word 'R', 'o', 'o', 's', 't', 0
count:
    .byte 0
booted:
    .asciz "\r\n@EFIBOOTED "
number:
    .ascii " n="
digit:
    .asciz "0\r\n"
    .org 0x500
name:
    .org 0x600
