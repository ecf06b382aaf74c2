// Written by tools/terminal-tables.py.
/** The codes by which termcap knows what a terminfo entry holds, in the order in which a compiled entry holds it (Caps of ncurses). */

export const FLAG_CODES: readonly string[] = (
  'bw am xb xs xn eo gn hc km hs in da db mi ms os es xt hz ul xo nx 5i HC NR NP ND cc ut hl YA YB YC YD YE YF YG bs ns nc ' +
  'MT NL pt xr'
).split(' ');

export const NUMBER_CODES: readonly string[] =
  'co it li lm sg pb vt ws Nl lh lw ma MW Co pa NC Ya Yb Yc Yd Ye Yf Yg Yh Yi Yj Yk Yl Ym Yn BT Yo Yp ug dC dN dB dT kn'.split(
    ' ',
  );

export const STRING_CODES: readonly string[] = (
  'bt bl cr cs ct cl ce cd ch CC cm do ho vi le CM ve nd ll up vs dc dl ds hd as mb md ti dm mh im mk mp mr so us ec ae me ' +
  'te ed ei se ue vb ff fs i1 is i3 if ic al ip kb ka kC kt kD kL kd kM kE kS k0 k1 k; k2 k3 k4 k5 k6 k7 k8 k9 kh kI kA kl ' +
  'kH kN kP kr kF kR kT ku ke ks l0 l1 la l2 l3 l4 l5 l6 l7 l8 l9 mo mm nw pc DC DL DO IC SF AL LE RI SR UP pk pl px ps pf ' +
  'po rp r1 r2 r3 rf rc cv sc sf sr sa st wi ta ts uc hu iP K1 K3 K2 K4 K5 pO rP ac pn kB SX RX SA RA XN XF eA LO LF @1 @2 ' +
  '@3 @4 @5 @6 @7 @8 @9 @0 %1 %2 %3 %4 %5 %6 %7 %8 %9 %0 &1 &2 &3 &4 &5 &6 &7 &8 &9 &0 *1 *2 *3 *4 *5 *6 *7 *8 *9 *0 #1 #2 ' +
  '#3 #4 %a %b %c %d %e %f %g %h %i %j !1 !2 !3 RF F1 F2 F3 F4 F5 F6 F7 F8 F9 FA FB FC FD FE FF FG FH FI FJ FK FL FM FN FO ' +
  'FP FQ FR FS FT FU FV FW FX FY FZ Fa Fb Fc Fd Fe Ff Fg Fh Fi Fj Fk Fl Fm Fn Fo Fp Fq Fr cb MC ML MR Lf SC DK RC CW WG HU ' +
  'DI QD TO PU fh PA WA u0 u1 u2 u3 u4 u5 u6 u7 u8 u9 op oc Ic Ip sp Sf Sb ZA ZB ZC ZD ZE ZF ZG ZH ZI ZJ ZK ZL ZM ZN ZO ZP ' +
  'ZQ ZR ZS ZT ZU ZV ZW ZX ZY ZZ Za Zb Zc Zd Ze Zf Zg Zh Zi Zj Zk Zl Zm Zn Zo Zp Zq Zr Zs Zt Zu Zv Zw Zx Zy Km Mi RQ Gm AF ' +
  'AB xl dv ci s0 s1 s2 s3 ML MT Xy Zz Yv Yw Yx Yy Yz YZ S1 S2 S3 S4 S5 S6 S7 S8 Xh Xl Xo Xr Xt Xv sA YI i2 rs nl bc ko ma ' +
  'G2 G3 G1 G4 GR GL GU GD GH GV GC ml mu bx'
).split(' ');

/** What terminfo calls the strings, in the same order. */
export const STRING_NAMES: readonly string[] = (
  'cbt bel cr csr tbc clear el ed hpa cmdch cup cud1 home civis cub1 mrcup cnorm cuf1 ll cuu1 cvvis dch1 dl1 dsl hd smacs ' +
  'blink bold smcup smdc dim smir invis prot rev smso smul ech rmacs sgr0 rmcup rmdc rmir rmso rmul flash ff fsl is1 is2 ' +
  'is3 if ich1 il1 ip kbs ktbc kclr kctab kdch1 kdl1 kcud1 krmir kel ked kf0 kf1 kf10 kf2 kf3 kf4 kf5 kf6 kf7 kf8 kf9 ' +
  'khome kich1 kil1 kcub1 kll knp kpp kcuf1 kind kri khts kcuu1 rmkx smkx lf0 lf1 lf10 lf2 lf3 lf4 lf5 lf6 lf7 lf8 lf9 ' +
  'rmm smm nel pad dch dl cud ich indn il cub cuf rin cuu pfkey pfloc pfx mc0 mc4 mc5 rep rs1 rs2 rs3 rf rc vpa sc ind ri ' +
  'sgr hts wind ht tsl uc hu iprog ka1 ka3 kb2 kc1 kc3 mc5p rmp acsc pln kcbt smxon rmxon smam rmam xonc xoffc enacs smln ' +
  'rmln kbeg kcan kclo kcmd kcpy kcrt kend kent kext kfnd khlp kmrk kmsg kmov knxt kopn kopt kprv kprt krdo kref krfr ' +
  'krpl krst kres ksav kspd kund kBEG kCAN kCMD kCPY kCRT kDC kDL kslt kEND kEOL kEXT kFND kHLP kHOM kIC kLFT kMSG kMOV ' +
  'kNXT kOPT kPRV kPRT kRDO kRPL kRIT kRES kSAV kSPD kUND rfi kf11 kf12 kf13 kf14 kf15 kf16 kf17 kf18 kf19 kf20 kf21 kf22 ' +
  'kf23 kf24 kf25 kf26 kf27 kf28 kf29 kf30 kf31 kf32 kf33 kf34 kf35 kf36 kf37 kf38 kf39 kf40 kf41 kf42 kf43 kf44 kf45 ' +
  'kf46 kf47 kf48 kf49 kf50 kf51 kf52 kf53 kf54 kf55 kf56 kf57 kf58 kf59 kf60 kf61 kf62 kf63 el1 mgc smgl smgr fln sclk ' +
  'dclk rmclk cwin wingo hup dial qdial tone pulse hook pause wait u0 u1 u2 u3 u4 u5 u6 u7 u8 u9 op oc initc initp scp ' +
  'setf setb cpi lpi chr cvr defc swidm sdrfq sitm slm smicm snlq snrmq sshm ssubm ssupm sum rwidm ritm rlm rmicm rshm ' +
  'rsubm rsupm rum mhpa mcud1 mcub1 mcuf1 mvpa mcuu1 porder mcud mcub mcuf mcuu scs smgb smgbp smglp smgrp smgt smgtp ' +
  'sbim scsd rbim rcsd subcs supcs docr zerom csnm kmous minfo reqmp getm setaf setab pfxl devt csin s0ds s1ds s2ds s3ds ' +
  'smglr smgtb birep binel bicr colornm defbi endbi setcolor slines dispc smpch rmpch smsc rmsc pctrm scesc scesa ehhlm ' +
  'elhlm elohlm erhlm ethlm evhlm sgr1 slength OTi2 OTrs OTnl OTbc OTko OTma OTG2 OTG3 OTG1 OTG4 OTGR OTGL OTGU OTGD OTGH ' +
  'OTGV OTGC meml memu box1'
).split(' ');
